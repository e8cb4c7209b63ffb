import { isJsonObject, type Json, type JsonObject } from '#base';
import { checkDocument } from './check-document.ts';
import type { Edge, FlowDefinition, ParsedDefinition } from './definition.ts';
import { collectFaults, type Faults, type Loc, type Position } from './fault.ts';
import { parseTask } from './parse-task.ts';
import { readKeys } from './read-keys.ts';
import { readText } from './read-text.ts';

/** core.md G7. */
const MAX_TASKS = 2000;
const WIRE_ROOT: Loc = ['flow_configs', 0, 'config'];

/**
 * Reads a definition: a text of JSON or YAML, or an object; the wire form `{flow, flow_configs: [{config, meta}]}` or the flat form
 * `{name, tasks, edges?}`. It never throws: what is wrong is in `faults`, each with its path and, from text, its line and column, and
 * whatever could be read is in `definition`. Whether tasks, references and parameters are right is the business of `planFlow`.
 */
export function parseDefinition(source: unknown, options: { format?: 'yaml' | 'json' } = {}): ParsedDefinition {
  const reading = collectFaults();
  const read = typeof source === 'string' ? readText(source, options.format, reading) : { value: source, locate: undefined };
  if (!read) return unreadable(reading);
  const isWire = isJsonObject(read.value) && Object.hasOwn(read.value, 'flow_configs');
  const root = isWire ? WIRE_ROOT : [];
  const at = read.locate;
  const locate = at && ((loc: Loc): Position | undefined => at([...root, ...loc]));
  const faults = collectFaults(locate);
  if (!checkDocument(read.value, fromConfigRoot(faults, root, at))) return unreadable(faults);
  if (!isJsonObject(read.value)) {
    faults.add([], 'dict_type', 'A definition must be an object with tasks');
    return unreadable(faults);
  }
  const definition = isWire ? parseWire(read.value, faults) : parseConfig('flat', read.value, faults);
  if (locate) definition.locate = locate;
  return { definition, document: read.value, ...(locate ? { positions: locate } : {}), faults: faults.list };
}

function unreadable(faults: Faults): ParsedDefinition {
  return { definition: { form: 'flat', tasks: [], edges: [], onFailure: [], faults: faults.list }, document: {}, faults: faults.list };
}

/** Paths are told from the config root (core.md 1.3); what lies outside it keeps its path in the document. */
function fromConfigRoot(faults: Faults, root: Loc, at: ((loc: Loc) => Position | undefined) | undefined): Faults {
  const add: Faults['add'] = (loc, type, message, options) => {
    const inside = root.every((key, i) => loc[i] === key);
    const position = at?.(loc);
    faults.add(inside ? loc.slice(root.length) : loc, type, message, { ...options, ...(position ? { position } : {}) });
  };
  return { ...faults, add };
}

function parseWire(document: JsonObject, faults: Faults): FlowDefinition {
  const configs = document['flow_configs'];
  const first = Array.isArray(configs) ? configs[0] : undefined;
  const config = isJsonObject(first) ? first['config'] : undefined;
  if (!Array.isArray(configs)) faults.add(['flow_configs'], 'list_type', 'Must be a list with one entry');
  else if (configs.length > 1) faults.add(['flow_configs', 1], 'too_long', 'A definition has one configuration; there are more');
  const definition = parseConfig('wire', isJsonObject(config) ? config : {}, faults);
  const meta = isJsonObject(first) && isJsonObject(first['meta']) ? first['meta'] : {};
  addNames(definition, meta);
  return definition;
}

/** The names of a flow are for people: a wrong type there is not a reason to refuse a graph. */
function addNames(definition: FlowDefinition, source: JsonObject): void {
  if (typeof source['name'] === 'string') definition.name = source['name'];
  if (typeof source['description'] === 'string') definition.description = source['description'];
}

function parseConfig(form: 'wire' | 'flat', config: JsonObject, faults: Faults): FlowDefinition {
  const definition: FlowDefinition = { form, tasks: [], edges: [], onFailure: [], faults: faults.list };
  if (form === 'flat') addNames(definition, config);
  const tasks = config['tasks'];
  if (tasks === undefined || tasks === null) faults.add(['tasks'], 'missing', 'Field required: a definition has a list of tasks');
  else if (!Array.isArray(tasks)) faults.add(['tasks'], 'list_type', 'Must be a list of tasks', { input: tasks });
  else if (tasks.length > MAX_TASKS)
    faults.add(['tasks'], 'too_many_tasks', `A flow has at most ${MAX_TASKS} tasks; this one has ${tasks.length}`);
  else definition.tasks = tasks.flatMap((task, index) => parseTask(task, index, faults) ?? []);
  definition.edges = ['edges', 'connections'].flatMap((key) => parseEdges(config[key], key, faults));
  const onFailure = readKeys(config, [], faults).texts('on_failure') ?? [];
  definition.onFailure = onFailure.map((task, i) => ({ task, loc: ['on_failure', i] }));
  return definition;
}

function parseEdges(source: Json | undefined, key: string, faults: Faults): Edge[] {
  if (source === undefined || source === null) return [];
  if (!Array.isArray(source)) {
    faults.add([key], 'list_type', 'Must be a list of {source, target}', { input: source });
    return [];
  }
  return source.flatMap((entry, i) => parseEdge(entry, [key, i], faults) ?? []);
}

function parseEdge(source: Json, loc: Loc, faults: Faults): Edge | undefined {
  if (!isJsonObject(source)) {
    faults.add(loc, 'dict_type', 'Must be an object {source, target}', { input: source });
    return undefined;
  }
  const keys = readKeys(source, loc, faults);
  const ends = ['source', 'target'].map((key) => {
    if (source[key] === undefined || source[key] === null) faults.add([...loc, key], 'missing', 'Field required');
    return keys.text(key, { min: 1 });
  });
  const handle = keys.text('source_handle') ?? keys.text('sourceHandle');
  const [from, to] = ends;
  if (from === undefined || to === undefined) return undefined;
  return { source: from, target: to, ...(handle ? { handle } : {}), loc };
}
