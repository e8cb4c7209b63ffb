import { isJsonObject, type Json, type JsonObject } from '#base';

/** What the API adds to the tasks of a definition that it answers (core.md 2); a definition that is sent back must not keep them. */
const SERVER_KEYS = ['dynamic_data', 'output_schema', 'input_schema', 'default_reference_modes', 'is_schedulable_executor'];

const stripTask = (task: Json): Json =>
  isJsonObject(task) ? Object.fromEntries(Object.entries(task).filter(([key]) => !SERVER_KEYS.includes(key))) : task;

const stripTasks = (config: JsonObject): JsonObject =>
  Array.isArray(config['tasks']) ? { ...config, tasks: config['tasks'].map(stripTask) } : config;

function stripConfig(entry: Json): Json {
  return isJsonObject(entry) && isJsonObject(entry['config']) ? { ...entry, config: stripTasks(entry['config']) } : entry;
}

/** The document, in either form, without the keys that the server adds to its tasks; all else is kept, the original untouched. */
export function stripServerKeys(document: JsonObject): JsonObject {
  const stripped = stripTasks(document);
  return Array.isArray(stripped['flow_configs']) ? { ...stripped, flow_configs: stripped['flow_configs'].map(stripConfig) } : stripped;
}
