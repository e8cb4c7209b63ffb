import type { ClaimedTask } from './claimed-task.ts';
import type { RunStatement } from './run-statement.ts';

/** Of tasks that a worker runs, those that are no longer its own, or whose execution is being cancelled: nothing of what they bring is taken. */
export async function findStopped(run: RunStatement, tasks: readonly ClaimedTask[]): Promise<ClaimedTask[]> {
  if (tasks.length === 0) return [];
  const rows = await run<{ n: number }>('find-stopped', [
    tasks.map(({ execution }) => execution.organizationId),
    tasks.map(({ execution }) => execution.id),
    tasks.map(({ id }) => id),
    tasks.map(({ attempt }) => attempt),
    tasks.map(({ generation }) => generation),
  ]);
  return rows.map(({ n }) => tasks[n - 1] as ClaimedTask);
}
