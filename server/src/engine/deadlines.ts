// A run that must have ended by a time: as the time comes near it stands before others, and when it has come the run fails. All of it is found by one index of
// the few runs that have a deadline.
import { type Id, newId } from '#base';
import { hintParents } from './announce.ts';
import { announceCancels, cancelChildren } from './cancel-execution.ts';
import { executionChanged, type MovedExecution } from './changes.ts';
import type { EngineParts } from './engine-parts.ts';
import { lockExecution } from './lock-execution.ts';

/** What one tick does: bounds its time, the next goes on. Open tasks beyond the bound keep their rank; those that follow take the run's. */
const RAISED = 200;
const RAISED_TASKS = 500;
const OVERDUE = 100;

const OPEN = ['queued', 'running', 'waiting'];

/** Raises what is urgent, ends what is late. Answers how many runs it moved. */
export async function tickDeadlines(parts: EngineParts): Promise<number> {
  const raised = await parts.run<MovedExecution>('raise-urgent', [RAISED, RAISED_TASKS]);
  parts.events.publish(raised.map(executionChanged));
  const overdue = await parts.run<{ organization_id: Id; id: Id }>('find-overdue', [OVERDUE]);
  for (const { organization_id: organizationId, id } of overdue) await missDeadline(parts, organizationId, id);
  return raised.length + overdue.length;
}

/** Exact, as a cancel is: the run is locked against every settle in flight. The sub-flows that its tasks wait for are cancelled with it. */
async function missDeadline(parts: EngineParts, organizationId: Id, executionId: Id): Promise<void> {
  const missed = await parts.db.transaction(async (query) => {
    const run = parts.within(query);
    const execution = await lockExecution(run, organizationId, executionId);
    if (execution === undefined || !OPEN.includes(execution.status)) {
      await run('forget-deadline', [organizationId, executionId]);
      return undefined;
    }
    const children = await cancelChildren(run, { organizationId, executionId, actor: 'system' });
    const tasks = await run<{ id: Id }>('miss-deadline', [organizationId, executionId, newId()]);
    return { execution, children, tasks };
  });
  if (missed === undefined) return;
  const { execution, children, tasks } = missed;
  const about = { organizationId, flowId: execution.flow_id, flowExecutionId: executionId };
  parts.events.publish([
    executionChanged({ ...execution, organization_id: organizationId }),
    ...tasks.map(({ id }) => ({ ...about, type: 'task_execution.updated' as const, id })),
  ]);
  announceCancels(parts, organizationId, children);
  hintParents(parts, [{ organizationId, parentTaskId: execution.parent_task_id }]);
}
