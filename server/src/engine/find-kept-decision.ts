import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '#base';
import type { ClaimedTask } from './claimed-task.ts';
import { storableJson, type TaskOutcome } from './outcome.ts';
import type { RunStatement } from './run-statement.ts';

interface KeptDecision {
  output: string | null;
  output_key: string | null;
  routes: string[] | null;
  input: string | null;
  summary: JsonObject | null;
  modified_by: string;
}

/**
 * The decision that a waiting task was settled with before it was run again, where it was asked the same (`input`: its resolved parameters as JSON text):
 * nobody is to decide a thing twice. Undefined where there is none, or the question is another.
 */
export async function findKeptDecision(run: RunStatement, task: ClaimedTask, input: string | undefined): Promise<TaskOutcome | undefined> {
  const { execution, generation, planned, item } = task;
  if (generation === 0 || input === undefined) return undefined;
  const values = [execution.organizationId, execution.id, planned.name, item, generation];
  const [kept] = await run<KeptDecision>('find-kept-decision', values);
  if (kept === undefined || kept.input === null) return undefined;
  if (!isDeepStrictEqual(JSON.parse(kept.input), JSON.parse(storableJson(input)))) return undefined;
  return {
    status: 'completed',
    ...(kept.output_key === null ? { output: kept.output ?? 'null' } : { outputKey: kept.output_key }),
    routes: kept.routes ?? undefined,
    summary: kept.summary ?? undefined,
    modifiedBy: kept.modified_by,
    input,
  };
}
