import type { Id } from '#base';
import { executionChanged, type MovedTask, taskChanged } from './announce.ts';
import type { EngineParts } from './engine-parts.ts';
import { holdWaiting, resumeOrQueue } from './waiting-task.ts';

/** Waiting tasks that one tick wakes in executions under way: one statement. */
const WAKE_BATCH = 2_000;

/** Executions that one tick resumes because the time of a task of theirs is up: a transaction each. */
const RESUME_BATCH = 100;

/** Tasks that have waited as long as they were to: their executors are asked again. Answers how many are ready. */
export async function wakeWaiting(parts: EngineParts): Promise<number> {
  const rows = await parts.run<MovedTask>('wake-waiting', [WAKE_BATCH]);
  const executions = new Map(rows.map((row) => [row.execution_id, executionChanged({ ...row, id: row.execution_id })]));
  parts.events.publish([...rows.map(taskChanged), ...executions.values()]);
  return rows.length;
}

/** The same in executions that only wait: those resume, or are queued, by the first of their tasks. Answers how many executions moved. */
export async function wakeOverslept(parts: EngineParts): Promise<number> {
  const rows = await parts.run<Omit<MovedTask, 'flow_id'>>('find-overslept', [RESUME_BATCH]);
  const first = new Map([...rows].reverse().map((row) => [row.execution_id, row]));
  let moved = 0;
  for (const row of first.values()) if (await wakeTask(parts, row.organization_id, { executionId: row.execution_id, id: row.id })) moved++;
  return moved;
}

/**
 * Wakes one waiting task before its time: its executor is asked again, at once or when its run has a slot. False where it does not wait; what it would
 * have heard it then has heard, or will ask for itself.
 */
export async function wakeTask(parts: EngineParts, organizationId: Id, task: { executionId: Id; id: Id }): Promise<boolean> {
  const moved = await holdWaiting(parts, organizationId, task, async (held) => {
    const { run, execution, row } = held;
    if (row.task_status !== 'awaiting_input' || !['running', 'waiting', 'queued'].includes(execution.status)) return undefined;
    const isReady = await resumeOrQueue(held, { decision: null, actor: 'system' });
    if (isReady) await run('wake-task', [organizationId, row.id, row.attempt]);
    return { row, isReady };
  });
  if (moved === undefined) return false;
  parts.events.publish([taskChanged(moved.row), executionChanged({ ...moved.row, id: task.executionId })]);
  if (moved.isReady) parts.events.announceWork();
  return true;
}
