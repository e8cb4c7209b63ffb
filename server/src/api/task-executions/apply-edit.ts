// What a PUT does with a row of the engine, by how that row stands: a final one is edited, one that waits is decided or keeps a draft, one that is open is
// settled over its worker's head. Repeating the present state changes nothing.
import { isDeepStrictEqual } from 'node:util';
import type { Principal } from '#access';
import { badRequest, conflict, payloadTooLarge } from '#base';
import type { EditedResult } from '#engine';
import type { PlannedTask } from '#language';
import type { ApiDeps } from '../deps.ts';
import { readOutput } from '../stored-outputs.ts';
import type { ProcessingStatus } from '../wire/statuses.ts';
import { checkOutput, completedResult, failedResult, jsonText } from './edited-result.ts';
import type { SourceTaskExecutions } from './find-sources.ts';
import { type TaskExecutionRow, toProcessingStatus, toSources } from './task-execution.wire.ts';

export interface WantedEdit {
  status: ProcessingStatus;
  output: unknown;
  error: unknown;
  input: unknown;
  sourceTaskExecutions: unknown;
  seenAt: Date | undefined;
  reexecute: boolean;
}

type Deps = Pick<ApiDeps, 'engine' | 'files' | 'log'>;

const MAX_DRAFT_BYTES = 256 * 1024; // it lies in the row

export async function applyEdit(
  deps: Deps,
  principal: Principal,
  { row, planned, sources }: { row: TaskExecutionRow; planned: PlannedTask | undefined; sources: SourceTaskExecutions | null },
  edit: WantedEdit,
): Promise<void> {
  const wanted = { ...edit, sourceTaskExecutions: changedSources(edit, row, sources) };
  const present = toProcessingStatus(row);
  const isFinal = ['completed', 'failed', 'cancelled'].includes(present);
  if (row.status === 'skipped') return refuseSkipped(wanted);
  if (wanted.status !== 'completed' && wanted.status !== 'failed') {
    if (wanted.status !== present)
      throw badRequest(`A task execution that is ${present} cannot be set to ${wanted.status}: give a result, completed or failed`);
    if (present === 'awaiting_input' && wanted.output !== undefined && wanted.output !== null)
      await saveDraft(deps, principal, row, wanted.output);
    return;
  }
  const result = await toResult(deps, row, planned, wanted, isFinal);
  if (isFinal) await replace(deps, principal, row, wanted, result);
  else await decide(deps, principal, row, wanted, result);
}

/** Repeating what it is changes nothing; it has no result that could be another. */
function refuseSkipped({ status, output }: WantedEdit): void {
  if (status === 'completed' && (output === null || output === undefined)) return;
  throw badRequest('The run took another way and the task did not run: it has no result that could be edited');
}

async function toResult(
  deps: Deps,
  row: TaskExecutionRow,
  planned: PlannedTask | undefined,
  wanted: WantedEdit,
  isFinal: boolean,
): Promise<EditedResult> {
  if (wanted.status === 'failed')
    return wanted.error === undefined && row.status === 'failed'
      ? failedResult(row.error, EDITED_FAILURE)
      : failedResult(wanted.error, EDITED_FAILURE);
  const output = wanted.output === undefined && isFinal ? await readOutput(deps, row) : wanted.output;
  checkOutput(planned, output ?? null);
  const place = { organizationId: row.organizationId, flowExecutionId: row.executionId, taskExecutionId: row.id };
  return completedResult(deps.files, place, output);
}

const EDITED_FAILURE = { code: 'edited_failed', message: 'The task was set to failed' };

async function replace(deps: Deps, principal: Principal, row: TaskExecutionRow, wanted: WantedEdit, result: EditedResult): Promise<void> {
  await deps.engine.editTask(principal.organizationId, row.id, {
    result,
    actor: principal.modifiedBy,
    by: 'person',
    reexecute: wanted.reexecute,
    input: changedText(wanted.input, row.input),
    sourceTaskExecutions: jsonText(wanted.sourceTaskExecutions),
    seenAt: wanted.seenAt,
    sameAsKey: await keyOfSame(deps, row, result),
  });
}

/** A body that gives back what was shown changes nothing: what follows from the plan is not stored, so that it stays true when the plan changes. */
const changedSources = (edit: WantedEdit, row: TaskExecutionRow, sources: SourceTaskExecutions | null): unknown =>
  isDeepStrictEqual(edit.sourceTaskExecutions, toSources(row, sources)) ? undefined : edit.sourceTaskExecutions;

const changedText = (wanted: unknown, present: unknown): string | undefined =>
  isDeepStrictEqual(wanted, present) ? undefined : jsonText(wanted);

/** The stored object of the row, where it holds the same value. */
async function keyOfSame(deps: Deps, row: TaskExecutionRow, result: EditedResult): Promise<string | undefined> {
  if (row.outputKey === null || result.status !== 'completed') return undefined;
  return isDeepStrictEqual(await readOutput(deps, row), JSON.parse(result.output)) ? row.outputKey : undefined;
}

/** The decision that was waited for, or a result over a worker's head: the run goes on by it, and nothing was edited. */
async function decide(deps: Deps, principal: Principal, row: TaskExecutionRow, wanted: WantedEdit, result: EditedResult): Promise<void> {
  const outcome = await deps.engine.reportTask(principal.organizationId, row.id, {
    result,
    actor: principal.modifiedBy,
    input: changedText(wanted.input, row.input),
    sourceTaskExecutions: jsonText(wanted.sourceTaskExecutions),
  });
  if (outcome === 'unknown')
    throw conflict('The execution is not under way, so its tasks cannot be decided', { status: row.executionStatus });
}

async function saveDraft(deps: Deps, principal: Principal, row: TaskExecutionRow, draft: unknown): Promise<void> {
  const text = JSON.stringify(draft);
  if (Buffer.byteLength(text) > MAX_DRAFT_BYTES) throw payloadTooLarge(`A draft may have at most ${MAX_DRAFT_BYTES} bytes`);
  const isSaved = await deps.engine.saveDraft(principal.organizationId, row.id, text, principal.modifiedBy);
  if (!isSaved) throw conflict('The task no longer waits for input');
}
