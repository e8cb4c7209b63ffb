import { type Id, newId } from '#base';
import type { ChangeEvent } from '#events';
import { toTasks } from './claim-tasks.ts';
import { type ClaimRow, SUSPECT_LOSSES } from './claimed-task.ts';
import type { EngineParts } from './engine-parts.ts';
import { type SettleReport, settleTasks } from './settle-tasks.ts';

/** What one tick moved. Anything at all means that another tick at once may find more. */
export interface TickReport {
  woken: number;
  reaped: number;
  promoted: number;
  cancelled: number;
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
const lastExpiry = new WeakMap<EngineParts, number>();

/** Ended leases stay for people to see, then go. */
const FORGET_AFTER_MS = 3_600_000;

/** The engine's chores, any process, any time: each is one statement that skips what another has locked. */
export async function tick(parts: EngineParts, graceMs: number = CANCEL_GRACE_MS): Promise<TickReport> {
  const woken = await parts.run<{ id: Id }>('wake-tasks', [WAKE_BATCH]);
  const reaped = await reap(parts);
  const promoted = await promote(parts);
  const cancelled = await cancelOverdue(parts, graceMs);
  await parts.run('forget-workers', [FORGET_AFTER_MS]);
  await expire(parts);
  if (woken.length + reaped + promoted + cancelled > 0) parts.events.announceWork();
  return { woken: woken.length, reaped, promoted, cancelled };
}

async function reap(parts: EngineParts): Promise<number> {
  const eventIds = Array.from({ length: REAP_BATCH }, newId);
  const rows = await parts.run<{ organization_id: Id; execution_id: Id; id: Id; flow_id: Id }>('reap-tasks', [
    REAP_BATCH,
    eventIds,
    SUSPECT_LOSSES,
  ]);
  parts.events.publish(
    rows.map(
      (row): ChangeEvent => ({
        organizationId: row.organization_id,
        flowId: row.flow_id,
        flowExecutionId: row.execution_id,
        type: 'task_execution.updated',
        id: row.id,
      }),
    ),
  );
  return rows.length;
}

async function promote(parts: EngineParts): Promise<number> {
  const rows = await parts.run<{ organization_id: Id; id: Id; flow_id: Id }>('promote-executions', [PROMOTED_ORGANIZATIONS]);
  parts.events.publish(
    rows.map(
      (row): ChangeEvent => ({
        organizationId: row.organization_id,
        flowId: row.flow_id,
        flowExecutionId: row.id,
        type: 'flow_execution.updated',
        id: row.id,
      }),
    ),
  );
  return rows.length;
}

/** Hides ended runs whose flow says for how long they are shown. The first tick of a process looks, then one a minute. */
async function expire(parts: EngineParts): Promise<void> {
  const now = performance.now();
  if (now - (lastExpiry.get(parts) ?? Number.NEGATIVE_INFINITY) < EXPIRY_EVERY_MS) return;
  lastExpiry.set(parts, now);
  const rows = await parts.run<{ organization_id: Id; id: Id; flow_id: Id }>('expire-executions', [EXPIRED_BATCH]);
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

/** After commit: what changed, and that there is work. */
export function announce(parts: EngineParts, { events, leftReady }: SettleReport): void {
  parts.events.publish(events);
  if (leftReady) parts.events.announceWork();
}
