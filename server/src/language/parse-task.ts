import { isJsonObject, type Json, type JsonObject } from '#base';
import type { Dependency, TaskDefinition } from './definition.ts';
import type { Faults, Loc } from './fault.ts';
import type { ReferenceMode, RetryPolicy } from './plan.ts';
import { type KeyReader, readKeys } from './read-keys.ts';

const MODES = ['single', 'collection'] as const;
const MAX_NAME = 200; // core.md C22
const MAX_ATTEMPTS = 100;
const MAX_EXPRESSION = 10_000;

/** One entry of `tasks`, or undefined where it has no usable name. Every wrong key is a fault; the rest of the task is read all the same. */
export function parseTask(source: Json, index: number, faults: Faults): TaskDefinition | undefined {
  const loc: Loc = ['tasks', index];
  if (!isJsonObject(source)) {
    faults.add(loc, 'dict_type', 'A task must be an object', { input: source });
    return undefined;
  }
  const keys = readKeys(source, loc, faults);
  const name = required(source, 'name', loc, keys.text('name', { min: 1, max: MAX_NAME }), faults);
  const executor = required(source, 'task_executor_name', loc, keys.text('task_executor_name', { min: 1 }), faults);
  const task: TaskDefinition = {
    index,
    loc,
    name: name ?? '',
    executor: executor ?? '',
    title: keys.text('task_title') ?? name ?? '',
    parameters: keys.object('parameters') ?? {},
    dependsOn: parseDependencies(keys, loc, faults),
    referenceModes: parseModes(keys, loc, faults),
    onFailure: keys.texts('on_failure') ?? [],
  };
  addOptionalParts(task, source, keys, faults);
  return name === undefined ? undefined : task;
}

function required(source: JsonObject, key: string, loc: Loc, value: string | undefined, faults: Faults): string | undefined {
  if (source[key] === undefined || source[key] === null) faults.add([...loc, key], 'missing', 'Field required');
  return value;
}

function addOptionalParts(task: TaskDefinition, source: JsonObject, keys: KeyReader, faults: Faults): void {
  const parts = {
    when: keys.text('when', { min: 1, max: MAX_EXPRESSION }),
    runIf: keys.oneOf('run_if', ['all', 'any', 'always']),
    onItemFailure: keys.oneOf('on_item_failure', ['fail', 'continue']),
    timeoutMs: keys.durationMs('timeout'),
    priority: keys.integer('priority', -100, 100),
    retry: parseRetry(keys.object('retry'), [...task.loc, 'retry'], faults),
    concurrency: parseConcurrency(keys.object('concurrency'), [...task.loc, 'concurrency'], faults),
    cache: parseCache(keys.object('cache'), [...task.loc, 'cache'], faults),
    forEach: parseForEach(source['for_each'], task.loc, faults),
  };
  Object.assign(task, Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)));
}

function parseForEach(value: Json | undefined, loc: Loc, faults: Faults): Json | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string' || Array.isArray(value)) return value;
  faults.add([...loc, 'for_each'], 'list_type', 'Must be a list, or a reference to one such as "{{task.list}}"', { input: value });
  return undefined;
}

function parseRetry(source: JsonObject | undefined, loc: Loc, faults: Faults): Partial<RetryPolicy> | undefined {
  if (!source) return undefined;
  const keys = readKeys(source, loc, faults);
  const retry = {
    maxAttempts: keys.integer('max_attempts', 1, MAX_ATTEMPTS),
    initialIntervalMs: keys.durationMs('initial_interval'),
    backoff: keys.number('backoff', 1),
    maxIntervalMs: keys.durationMs('max_interval'),
    nonRetryable: keys.texts('non_retryable'),
  };
  return Object.fromEntries(Object.entries(retry).filter(([, value]) => value !== undefined));
}

function parseConcurrency(source: JsonObject | undefined, loc: Loc, faults: Faults): TaskDefinition['concurrency'] {
  if (!source) return undefined;
  const keys = readKeys(source, loc, faults);
  const key = required(source, 'key', loc, keys.text('key', { min: 1, max: MAX_NAME }), faults);
  const limit = keys.integer('limit', 1, 1_000_000);
  if (source['limit'] === undefined || source['limit'] === null) faults.add([...loc, 'limit'], 'missing', 'Field required');
  return key === undefined || limit === undefined ? undefined : { key, limit };
}

function parseCache(source: JsonObject | undefined, loc: Loc, faults: Faults): TaskDefinition['cache'] {
  if (!source) return undefined;
  const ttlMs = readKeys(source, loc, faults).durationMs('ttl');
  if (source['ttl'] === undefined || source['ttl'] === null) faults.add([...loc, 'ttl'], 'missing', 'Field required');
  return ttlMs === undefined ? undefined : { ttlMs };
}

function parseModes(keys: KeyReader, loc: Loc, faults: Faults): Record<string, ReferenceMode> {
  const source = keys.object('reference_modes') ?? {};
  const modes = readKeys(source, [...loc, 'reference_modes'], faults);
  const entries = Object.keys(source).map((task) => [task, modes.oneOf(task, MODES)] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, ReferenceMode] => entry[1] !== undefined));
}

/** `depends_on: a`, `[a, "branch.route"]`, `[{task: a, route: r}]`. Which part of a text is the route is told later, by the known names. */
function parseDependencies(keys: KeyReader, loc: Loc, faults: Faults): Dependency[] {
  return (keys.list('depends_on') ?? []).flatMap((entry, i) => {
    const at = [...loc, 'depends_on', i];
    if (typeof entry === 'string') return [{ task: entry, loc: at }];
    if (!isJsonObject(entry)) {
      faults.add(at, 'string_type', 'Must be a task, "task.route" or {task, route}', { input: entry });
      return [];
    }
    const reader = readKeys(entry, at, faults);
    const task = required(entry, 'task', at, reader.text('task', { min: 1 }), faults);
    const route = reader.text('route', { min: 1 });
    return task === undefined ? [] : [{ task, ...(route === undefined ? {} : { route }), loc: at }];
  });
}
