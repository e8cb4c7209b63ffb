import type { Principal } from '#access';
import { timeOfId } from '#base';
import type { Plan } from '#language';
import type { TenantTransaction } from '../flow-app.ts';
import { readOutput, type StoredOutputs } from '../stored-outputs.ts';
import type { VersionPlans } from '../version-plans.ts';
import { type HeadRow, listHeads, listRowsOf, type OutputCursor, type OutputFilters } from './engine-output.queries.ts';
import { type OutputPlace, type OutputRow, toEmptyOutput, toEngineOutput } from './engine-output.ts';
import { listReportedOutputs, type ReportedOutput } from './reported-output.queries.ts';
import { listPostedOutputs } from './task-output.queries.ts';
import type { TaskOutputRecord } from './task-output.wire.ts';

/** What reading outputs takes beside a transaction. */
export interface OutputSources extends StoredOutputs {
  plans: VersionPlans;
}

export interface OutputPage {
  after?: OutputCursor | undefined;
  limit: number;
  /** False: statuses and counts only, no value is read. */
  withValues: boolean;
}

type Entry = { createdAt: Date; id: string } & ({ posted: TaskOutputRecord } | { head: HeadRow } | { reported: ReportedOutput });

/** Newest first; of one millisecond the higher id. */
const byCreation = (a: Entry, b: Entry): number => b.createdAt.getTime() - a.createdAt.getTime() || (a.id < b.id ? 1 : -1);

/**
 * A page of the union of what was posted, what the engine made and what was reported of tasks that it has no row for, newest first. Six queries at
 * most, whatever the page holds: the three sources, the items of fan-outs and of reports, the definitions that no plan is known of.
 */
export async function readTaskOutputs(
  tx: TenantTransaction,
  principal: Principal,
  sources: OutputSources,
  filters: OutputFilters,
  page: OutputPage,
): Promise<TaskOutputRecord[]> {
  const posted = await listPostedOutputs(tx, principal, filters, page);
  const heads = await listHeads(tx, principal, filters, page);
  const reported = await listReportedOutputs(tx, principal, filters, page);
  const entries: Entry[] = [
    ...posted.map((record) => ({ createdAt: record.createdAt, id: record.id, posted: record })),
    ...heads.map((head) => ({ createdAt: timeOfId(head.id), id: head.id, head })),
    ...reported.map((rows) => ({ createdAt: timeOfId(rows[0].id), id: rows[0].id, reported: rows })),
  ];
  const shown = entries.sort(byCreation).slice(0, page.limit);
  const made = await makeOutputs(
    tx,
    principal,
    sources,
    shown.flatMap((entry) => ('head' in entry ? entry.head : [])),
    page,
  );
  return shown.flatMap((entry) => {
    if ('posted' in entry) return entry.posted;
    return 'reported' in entry ? toReportedOutput(entry.reported) : (made.get(entry.id) ?? []);
  });
}

/** What the engine made alone, newest first: what was posted beside it says nothing of how far a task is. */
export async function readEngineOutputs(
  tx: TenantTransaction,
  principal: Principal,
  sources: OutputSources,
  filters: OutputFilters,
  page: OutputPage,
): Promise<TaskOutputRecord[]> {
  const heads = await listHeads(tx, principal, filters, page);
  const made = await makeOutputs(tx, principal, sources, heads, page);
  return heads.flatMap((head) => made.get(head.id) ?? []);
}
/** Reports by index are a list, as items are. */
const toReportedOutput = (rows: ReportedOutput): TaskOutputRecord =>
  toEngineOutput(
    rows,
    rows.map(({ output }) => output ?? null),
    { depth: rows.length > 1 ? 1 : 0, onItemFailure: 'fail' },
  );

const groupKey = (row: OutputRow) => `${row.executionId}/${row.task}`;

/** The records of the engine's outputs, by id. */
async function makeOutputs(
  tx: TenantTransaction,
  principal: Principal,
  sources: OutputSources,
  heads: readonly HeadRow[],
  options: { withValues: boolean },
): Promise<Map<string, TaskOutputRecord>> {
  const fannedOut = heads.filter((head) => head.hasMore && head.kind === 'task');
  const rows = Map.groupBy(await listRowsOf(tx, principal, fannedOut, options), groupKey);
  const plans = await sources.plans.load(
    tx,
    principal,
    heads.map((head) => head.flowVersionId),
  );
  const records = new Map<string, TaskOutputRecord>();
  for (const head of heads) {
    const own = rows.get(groupKey(head)) ?? [head];
    records.set(
      head.id,
      await makeOutput(sources, [head, ...own.filter((row) => row.id !== head.id)], plans.get(head.flowVersionId), options),
    );
  }
  return records;
}

async function makeOutput(
  sources: OutputSources,
  rows: [HeadRow, ...OutputRow[]],
  plan: Plan | undefined,
  options: { withValues: boolean },
): Promise<TaskOutputRecord> {
  const [head] = rows;
  if (head.kind === 'gate') return toEmptyOutput(head);
  const values: unknown[] = [];
  for (const row of options.withValues ? rows : []) values.push(await readOutput(sources, row)); // one at a time: each may be large
  return toEngineOutput(rows, values, placeOf(head, plan));
}

/** Without a plan (an executor that is gone) a task with several rows was in one fan-out. */
function placeOf(head: HeadRow, plan: Plan | undefined): OutputPlace {
  const planned = plan?.tasks[head.task];
  if (planned) return { depth: planned.scope.length, onItemFailure: planned.onItemFailure };
  return { depth: head.hasMore ? 1 : 0, onItemFailure: 'fail' };
}
