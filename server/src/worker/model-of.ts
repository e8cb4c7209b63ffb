import type { JsonObject } from '#base';
import type { Executor } from '#executors';
import { asksModel, type Models } from '#models';

/** The model that a task with these parameters asks, as executors choose it: the one that is named, or the default. Undefined where it asks none. */
export function modelOf(executor: Executor, parameters: JsonObject, models: Pick<Models, 'resolve'>): string | undefined {
  if (!asksModel(executor)) return undefined;
  const name = parameters['worker'] ?? parameters['model'];
  return models.resolve(typeof name === 'string' ? name : undefined).model.name;
}
