import { isJsonObject, type Json, type JsonObject } from '#base';

/**
 * The document with its list of tasks passed through `change`, in the wire form or the flat form, all else kept as it is and in its order.
 * A document without tasks is answered unchanged, unless `change` makes some.
 */
export function mapTasks(document: JsonObject, change: (tasks: Json[]) => Json[]): JsonObject {
  const configs = document['flow_configs'];
  const [first, ...others] = Array.isArray(configs) ? configs : [];
  if (isJsonObject(first)) {
    const config = isJsonObject(first['config']) ? first['config'] : {};
    return { ...document, flow_configs: [{ ...first, config: { ...config, tasks: change(listOf(config['tasks'])) } }, ...others] };
  }
  return { ...document, tasks: change(listOf(document['tasks'])) };
}

const listOf = (tasks: Json | undefined): Json[] => (Array.isArray(tasks) ? tasks : []);

/** The document with the task of that name replaced in its place, or appended. */
export function withTask(document: JsonObject, name: string, task: JsonObject): JsonObject {
  return mapTasks(document, (tasks) => {
    const at = tasks.findIndex((one) => isJsonObject(one) && one['name'] === name);
    return at === -1 ? [...tasks, task] : tasks.with(at, task);
  });
}
