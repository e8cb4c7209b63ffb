import { expect, test } from 'vitest';
import { newId } from '#base';
import { hashToken, makeApiKey } from './api-keys.ts';

test('a key has the form of the contract, and its prefix tells six characters of the secret', () => {
  const owner = { organizationId: newId(), accountId: newId() };
  const key = makeApiKey(owner);
  expect(key.token).toMatch(/^saf_org_[0-9a-f]{8}_[0-9a-f]{8}_[0-9A-Za-z]{43}$/);
  expect(key.tokenPrefix).toBe(key.token.slice(0, -37));
  expect(key.tokenPrefix.length).toBeLessThanOrEqual(40);
  expect(key.tokenHash).toEqual(hashToken(key.token));
  expect(makeApiKey(owner).token).not.toBe(key.token);
});
