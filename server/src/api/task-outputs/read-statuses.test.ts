import { expect, test } from 'vitest';
import { toLegacyStatus } from '../wire/statuses.ts';
import { readStatuses } from './read-statuses.ts';

/** What is sent → processing, edited, stale, and the founding word that comes back. */
test.each([
  [{}, 'queued', 'not_edited', 'consistent', 'queued'],
  [{ status: 'queued' }, 'queued', 'not_edited', 'consistent', 'queued'],
  [{ status: 'running' }, 'running', 'not_edited', 'consistent', 'running'],
  [{ status: 'in_progress' }, 'running', 'not_edited', 'consistent', 'in_progress'],
  [{ status: 'completed' }, 'completed', 'not_edited', 'consistent', 'completed'],
  [{ status: 'failed' }, 'failed', 'not_edited', 'consistent', 'failed'],
  [{ status: 'deleted' }, 'deleted', 'not_edited', 'consistent', 'deleted'],
  [{ status: 'stale' }, 'completed', 'not_edited', 'stale', 'stale'],
  [{ status: 'edited' }, 'completed', 'edited', 'consistent', 'completed'],
  [{ status: 'awaiting_input' }, 'awaiting_input', 'not_edited', 'consistent', 'in_progress'],
  [{ status: 'cancel_requested' }, 'cancel_requested', 'not_edited', 'consistent', 'in_progress'],
  [{ status: 'cancelled' }, 'cancelled', 'not_edited', 'consistent', 'failed'],
  [{ processing_status: 'running' }, 'running', 'not_edited', 'consistent', 'running'],
  [{ processing_status: 'completed', stale_status: 'stale' }, 'completed', 'not_edited', 'stale', 'stale'],
  [{ processing_status: 'deleted', stale_status: 'stale' }, 'deleted', 'not_edited', 'stale', 'deleted'],
  // both vocabularies: the newer field wins
  [{ status: 'queued', processing_status: 'completed' }, 'completed', 'not_edited', 'consistent', 'completed'],
  [{ status: 'in_progress', processing_status: 'failed' }, 'failed', 'not_edited', 'consistent', 'failed'],
  [{ status: 'in_progress', processing_status: 'running' }, 'running', 'not_edited', 'consistent', 'in_progress'],
  [{ status: 'stale', stale_status: 'consistent' }, 'completed', 'not_edited', 'consistent', 'completed'],
  [{ status: 'edited', edited_status: 'not_edited' }, 'completed', 'not_edited', 'consistent', 'completed'],
  [{ status: 'stale', processing_status: 'failed' }, 'failed', 'not_edited', 'stale', 'stale'],
] as const)('%j', (sent, processing, edited, stale, legacy) => {
  const read = readStatuses(sent);
  expect([read.processingStatus, read.editedStatus, read.staleStatus]).toEqual([processing, edited, stale]);
  expect(toLegacyStatus({ processing: read.processingStatus, stale: read.staleStatus, inProgress: read.inProgress })).toBe(legacy);
});
