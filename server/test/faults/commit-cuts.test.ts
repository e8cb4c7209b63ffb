import { expect, test } from 'vitest';
import { campaign } from './campaigns/commit-cuts.ts';
import { runCampaign } from './run-campaign.ts';

test('F3: 100 connections are cut around a COMMIT, and everybody was told the truth', { timeout: 300_000 }, async () => {
  const counts = await runCampaign(campaign);
  expect(counts).toMatchObject({ violations: 0 });
  expect(counts['ambiguousAnswers']).toBeGreaterThan(0);
  expect(counts['ambiguousAnswers']).toBeLessThanOrEqual(counts['cuts'] ?? 0);
});
