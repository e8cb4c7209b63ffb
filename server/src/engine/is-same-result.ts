import { isDeepStrictEqual } from 'node:util';
import type { Json } from '#base';
import type { TaskEdit } from './edit-task.ts';
import { storableJson } from './outcome.ts';
import type { TaskStatus } from './states.ts';

/** A row of read-result.sql. */
export interface StoredResult {
  status: TaskStatus;
  output: string | null;
  output_key: string | null;
  error: Json;
  modified_by: string;
  changed_at: Date;
}

/** Whether an edit says what is already there: as JSON values, so the order of keys is no difference. */
export function isSameResult(stored: StoredResult, { result, sameAsKey }: Pick<TaskEdit, 'result' | 'sameAsKey'>): boolean {
  if (result.status !== stored.status) return false;
  if (result.status === 'failed') return isDeepStrictEqual(result.error, stored.error);
  if (stored.output_key !== null) return stored.output_key === sameAsKey || stored.output_key === result.outputKey;
  if (stored.output === null) return false;
  return isDeepStrictEqual(JSON.parse(storableJson(result.output)), JSON.parse(stored.output));
}
