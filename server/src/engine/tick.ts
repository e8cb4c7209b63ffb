import { type Id, newId } from '#base';
import type { ChangeEvent } from '#events';
import { announce } from './announce.ts';
import { executionChanged, type MovedExecution, type MovedTask, taskChanged } from './changes.ts';
import { toTasks } from './claim-tasks.ts';
import { type ClaimRow, SUSPECT_LOSSES } from './claimed-task.ts';
import { tickDeadlines } from './deadlines.ts';
import type { EngineParts } from './engine-parts.ts';
import { type IdleCursor, newIdleCursor, parkExecutions } from './park-executions.ts';
import { newPauseCursor, type PauseCursor, tickPaused } from './pause-tasks.ts';
import { settleTasks } from './settle-tasks.ts';
import { wakeOverslept, wakeWaiting } from './wake-waiting.ts';

/** What one tick moved. Anything at all means that another tick at once may find more. */
export interface TickReport {
  woken: number;
  reaped: number;
  promoted: number;
  cancelled: number;
  /** Runs that gave up their slots since they only wait, and those that resumed, or were queued to, because the time of a task was up. */
  parked: number;
  resumed: number;
  /** Tasks whose pause is over. */
  unpaused: number;
  /** Runs whose deadline is near, or has come. */
  urgent: number;
}

/** Rows that one statement of a tick moves: bounds its time, the next tick takes the rest. */
const WAKE_BATCH = 2_000;
const REAP_BATCH = 1_000;
const PROMOTED_ORGANIZATIONS = 200;

/** How long a worker has to give up a cancelled task before it is taken from it (core.md G13). */
export const CANCEL_GRACE_MS = 30_000;
const OVERDUE_BATCH = 500;

/** Runs whose time is over are looked for so often (core.md G3): to the minute is exact enough for what is set in seconds from 60. */
const EXPIRY_EVERY_MS = 60_000;
const EXPIRED_BATCH = 1_000;
/** So long after a run was hidden by its flow's time its rows and files go (core.md G3). */
const PURGE_AFTER_S = 7 * 86_400;
const lastExpiry = new WeakMap<EngineParts, number>();

/** Ended leases stay for people to see, then go. */
const FORGET_AFTER_MS = 3_600_000;

/** Where one process goes on looking: for runs that only wait, and through what is paused. */
export interface TickCursors {
  idle: IdleCursor;
  paused: PauseCursor;
}

export const newTickCursors = (): TickCursors => ({ idle: newIdleCursor(), paused: newPauseCursor() });

/** The engine's chores, any process, any time: each skips what another has locked. */
export async function tick(
  parts: EngineParts,
  graceMs: number = CANCEL_GRACE_MS,
  cursors: TickCursors = newTickCursors(),
): Promise<TickReport> {
  const woken = await parts.run<{ id: Id }>('wake-tasks', [WAKE_BATCH]);
  const urgent = await tickDeadlines(parts);
  const timedOut = await wakeWaiting(parts);
  const resumed = await wakeOverslept(parts);
  const reaped = await reap(parts);
  const paused = await tickPaused(parts, cursors.paused);
  const promoted = await promote(parts);
  const cancelled = await cancelOverdue(parts, graceMs);
  const parked = await parkExecutions(parts, cursors.idle);

  await parts.run('forget-workers', [FORGET_AFTER_MS]);
  await expire(parts);
  const report = {
    woken: woken.length + timedOut,
    reaped,
    promoted,
    cancelled,
    parked: parked + paused.parked,
    resumed,
    unpaused: paused.unpaused,
    urgent,
  };
  if (Object.values(report).some((moved) => moved > 0)) parts.events.announceWork();
  return report;
}

async function reap(parts: EngineParts): Promise<number> {
  const eventIds = Array.from({ length: REAP_BATCH }, newId);
  const rows = await parts.run<MovedTask>('reap-tasks', [REAP_BATCH, eventIds, SUSPECT_LOSSES]);
  parts.events.publish(rows.map(taskChanged));
  return rows.length;
}

async function promote(parts: EngineParts): Promise<number> {
  const rows = await parts.run<MovedExecution>('promote-executions', [PROMOTED_ORGANIZATIONS]);
  parts.events.publish(rows.map(executionChanged));
  return rows.length;
}

/** Hides ended runs whose flow says for how long they are shown. The first tick of a process looks, then one a minute. */
async function expire(parts: EngineParts): Promise<void> {
  const now = performance.now();
  if (now - (lastExpiry.get(parts) ?? Number.NEGATIVE_INFINITY) < EXPIRY_EVERY_MS) return;
  lastExpiry.set(parts, now);
  const rows = await parts.run<{ organization_id: Id; id: Id; flow_id: Id }>('expire-executions', [EXPIRED_BATCH, PURGE_AFTER_S]);
  parts.events.publish(
    rows.map(
      (row): ChangeEvent => ({
        organizationId: row.organization_id,
        flowId: row.flow_id,
        flowExecutionId: row.id,
        type: 'flow_execution.deleted',
        id: row.id,
      }),
    ),
  );
}

async function cancelOverdue(parts: EngineParts, graceMs: number): Promise<number> {
  const rows = await parts.run<ClaimRow>('find-overdue-cancels', [graceMs, OVERDUE_BATCH]);
  if (rows.length === 0) return 0;
  const tasks = await toTasks(parts, rows);
  const results = tasks.map((task) => ({ task, outcome: { status: 'cancelled' as const } }));
  const report = await settleTasks(parts.run, null, results, { held: 'running', claim: 0, executors: {}, limited: parts.limited });
  announce(parts, report);
  return tasks.length - report.fenced.length;
}
