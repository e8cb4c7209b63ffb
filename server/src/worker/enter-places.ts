import type { JsonObject } from '#base';
import type { ClaimedTask, LimitedPlace, TaskEngine, TaskOutcome } from '#engine';
import type { Executor } from '#executors';
import type { Plan, TaskScope } from '#language';
import type { Models } from '#models';
import type { KeyPlaces, NotRun } from './key-places.ts';
import { modelOf } from './model-of.ts';
import { referenceFault } from './prepare-task.ts';
import type { TaskPauses } from './task-pauses.ts';

export interface Gates {
  engine: { controls: Pick<TaskEngine['controls'], 'placesOf'> };
  places: Pick<KeyPlaces, 'enter'>;
  pauses: Pick<TaskPauses, 'stopForModel'>;
  models: Pick<Models, 'resolve'>;
}

/**
 * The last thing before a task runs: its model is not paused, and it has a place under each limit that it must keep, the flow's own (`concurrency`)
 * among them. Undefined where it may run. A key that cannot be resolved is the flow's own fault, and fails the task.
 */
export async function enterPlaces(
  gates: Gates,
  task: ClaimedTask,
  executor: Executor,
  given: { plan: Plan; scope: TaskScope; input: JsonObject },
): Promise<TaskOutcome | NotRun | undefined> {
  const model = modelOf(executor, given.input, gates.models);
  const stopped = model === undefined ? undefined : await gates.pauses.stopForModel(task, model);
  if (stopped !== undefined) return stopped;
  const places = gates.engine.controls.placesOf(task, model);
  try {
    places.unshift(...ownPlace(task, given.plan, given.scope));
  } catch (error) {
    return { status: 'failed', error: referenceFault(error) };
  }
  if (places.length === 0) return undefined;
  const entered = await gates.places.enter(task, places);
  return entered === 'entered' ? undefined : entered;
}

/** Under the key that the task's definition gives. Throws where it refers to what is not there. */
function ownPlace({ planned: { concurrency, number } }: ClaimedTask, plan: Plan, scope: TaskScope): LimitedPlace[] {
  const keyOf = plan.resolve.get(number)?.concurrencyKey;
  return concurrency && keyOf ? [{ key: keyOf(scope), limit: concurrency.limit, isShared: false }] : [];
}
