import type { ClaimedTask, TaskOutcome } from '#engine';
import type { Plan, TaskScope } from '#language';
import type { KeyPlaces, NotRun } from './key-places.ts';
import { referenceFault } from './prepare-task.ts';

/**
 * Before a task with a `concurrency` key runs: takes its place. Undefined where it may run, as every task without a key may. A key that cannot be
 * resolved is the flow's own fault, and fails the task.
 */
export async function enterPlace(
  places: Pick<KeyPlaces, 'enter'>,
  task: ClaimedTask,
  plan: Plan,
  scope: TaskScope,
): Promise<TaskOutcome | NotRun | undefined> {
  const { concurrency, number } = task.planned;
  const keyOf = plan.resolve.get(number)?.concurrencyKey;
  if (!concurrency || !keyOf) return undefined;
  let key: string;
  try {
    key = keyOf(scope);
  } catch (error) {
    return { status: 'failed', error: referenceFault(error) };
  }
  const entered = await places.enter(task, { key, limit: concurrency.limit });
  return entered === 'entered' ? undefined : entered;
}
