import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#base';
import { formatFault } from './fault.ts';
import { parseDefinition } from './parse-definition.ts';
import { stripServerKeys } from './strip-server-keys.ts';

const task = { name: 'receive', task_executor_name: 'receive_file' };
const wire = (tasks: unknown[]): JsonObject => ({
  flow: { created_at: '', author_uuid: '' },
  flow_configs: [
    { config: { tasks: tasks as JsonObject[], groups: [], notes: [] }, meta: { name: 'Invoices', description: 'Reads them' } },
  ],
});
const faultsOf = (source: unknown, format?: 'yaml' | 'json') => parseDefinition(source, { format }).faults.map(formatFault);
const typesOf = (source: unknown) => parseDefinition(source).faults.map((fault) => fault.type);

describe('both forms', () => {
  test('the wire form has its tasks in flow_configs and its name in meta', () => {
    const { definition, faults } = parseDefinition(wire([task]));
    expect(faults).toEqual([]);
    expect(definition).toMatchObject({ form: 'wire', name: 'Invoices', description: 'Reads them' });
    expect(definition.tasks).toMatchObject([{ index: 0, name: 'receive', executor: 'receive_file', title: 'receive', parameters: {} }]);
  });

  test('the flat form has its tasks and name at the top', () => {
    const { definition } = parseDefinition({ name: 'Invoices', tasks: [task] });
    expect(definition).toMatchObject({ form: 'flat', name: 'Invoices', tasks: [{ name: 'receive' }] });
  });

  test.each([
    ['JSON', JSON.stringify({ name: 'a', tasks: [task] })],
    ['YAML', 'name: a\ntasks:\n  - name: receive\n    task_executor_name: receive_file\n'],
    ['YAML with a byte order mark', '\uFEFFname: a\ntasks: [{name: receive, task_executor_name: receive_file}]'],
  ])('%s text is read', (_, text) => {
    const { definition, faults, document } = parseDefinition(text);
    expect(faults).toEqual([]);
    expect(definition.tasks[0]?.name).toBe('receive');
    expect(document['name']).toBe('a');
  });

  test('unknown keys are kept in the document, which is the object as it was sent', () => {
    const sent = wire([{ ...task, visual_properties: { collapsed: false, position: { x: 584.5, y: 1 }, zIndex: 2 }, my_key: [1] }]);
    expect(parseDefinition(sent).document).toEqual(sent);
    expect(parseDefinition(JSON.stringify(sent)).document).toEqual(sent);
  });

  test('a null means that the key is absent', () => {
    const { faults } = parseDefinition({
      tasks: [{ ...task, parameters: null, when: null, retry: null, depends_on: null, for_each: null }],
      edges: null,
    });
    expect(faults).toEqual([]);
  });
});

test('all keys of a task are read with their units', () => {
  const { definition, faults } = parseDefinition({
    tasks: [
      {
        ...task,
        task_title: 'Receive',
        depends_on: ['a', { task: 'b', route: 'r' }],
        reference_modes: { a: 'collection' },
        when: 'true',
        for_each: '{{a.list}}',
        run_if: 'any',
        on_failure: 'h',
        on_item_failure: 'continue',
        retry: { max_attempts: 5, initial_interval: '200ms', backoff: 3, max_interval: '1m', non_retryable: ['bad'] },
        timeout: '30s',
        priority: 10,
        concurrency: { key: 'k', limit: 2 },
        cache: { ttl: '1h' },
      },
    ],
    edges: [{ source: 'a', target: 'b', source_handle: 'yes' }],
    connections: [{ source: 'b', target: 'c' }],
    on_failure: ['h'],
  });
  expect(faults).toEqual([]);
  expect(definition.tasks[0]).toMatchObject({
    title: 'Receive',
    dependsOn: [{ task: 'a' }, { task: 'b', route: 'r' }],
    referenceModes: { a: 'collection' },
    when: 'true',
    forEach: '{{a.list}}',
    runIf: 'any',
    onFailure: ['h'],
    onItemFailure: 'continue',
    retry: { maxAttempts: 5, initialIntervalMs: 200, backoff: 3, maxIntervalMs: 60_000, nonRetryable: ['bad'] },
    timeoutMs: 30_000,
    priority: 10,
    concurrency: { key: 'k', limit: 2 },
    cache: { ttlMs: 3_600_000 },
  });
  expect(definition.edges).toMatchObject([
    { source: 'a', target: 'b', handle: 'yes' },
    { source: 'b', target: 'c' },
  ]);
  expect(definition.onFailure).toMatchObject([{ task: 'h' }]);
});

describe('shapes that are wrong', () => {
  test.each<[string, unknown, string]>([
    ['no tasks', {}, 'tasks: Field required: a definition has a list of tasks'],
    ['tasks of the wrong type', { tasks: {} }, 'tasks: Must be a list of tasks'],
    ['a list', [], 'A definition must be an object with tasks'],
    ['flow_configs of the wrong type', { flow_configs: {} }, 'flow_configs: Must be a list with one entry'],
    ['a task that is a text', { tasks: ['a'] }, 'tasks.0: A task must be an object'],
    ['no name', { tasks: [{ task_executor_name: 'x' }] }, 'tasks.0.name: Field required'],
    ['a long name', { tasks: [{ ...task, name: 'n'.repeat(201) }] }, 'tasks.0.name: Must have at most 200 characters'],
    ['no executor', { tasks: [{ name: 'a' }] }, 'tasks.0.task_executor_name: Field required'],
    ['parameters', { tasks: [{ ...task, parameters: [] }] }, 'tasks.0.parameters: Must be an object'],
    ['when', { tasks: [{ ...task, when: true }] }, 'tasks.0.when: Must be a text'],
    [
      'timeout',
      { tasks: [{ ...task, timeout: '30' }] },
      'tasks.0.timeout: Must be a positive duration: "200ms", "30s", "5m", "2h", "1d" or a number of seconds',
    ],
    ['priority', { tasks: [{ ...task, priority: 101 }] }, 'tasks.0.priority: Must be between -100 and 100'],
    ['attempts', { tasks: [{ ...task, retry: { max_attempts: 0 } }] }, 'tasks.0.retry.max_attempts: Must be between 1 and 100'],
    ['backoff', { tasks: [{ ...task, retry: { backoff: 0.5 } }] }, 'tasks.0.retry.backoff: Must be at least 1'],
    ['codes', { tasks: [{ ...task, retry: { non_retryable: [1] } }] }, 'tasks.0.retry.non_retryable.0: Must be a text'],
    ['run_if', { tasks: [{ ...task, run_if: 'failed' }] }, 'tasks.0.run_if: Must be one of all, any, always'],
    ['modes', { tasks: [{ ...task, reference_modes: { a: 'both' } }] }, 'tasks.0.reference_modes.a: Must be one of single, collection'],
    [
      'for_each',
      { tasks: [{ ...task, for_each: { a: 1 } }] },
      'tasks.0.for_each: Must be a list, or a reference to one such as "{{task.list}}"',
    ],
    ['concurrency', { tasks: [{ ...task, concurrency: { key: 'k' } }] }, 'tasks.0.concurrency.limit: Field required'],
    ['cache', { tasks: [{ ...task, cache: {} }] }, 'tasks.0.cache.ttl: Field required'],
    ['depends_on', { tasks: [{ ...task, depends_on: [1] }] }, 'tasks.0.depends_on.0: Must be a task, "task.route" or {task, route}'],
    ['an edge without target', { tasks: [task], edges: [{ source: 'a' }] }, 'edges.0.target: Field required'],
    ['a connection that is a text', { tasks: [task], connections: ['a'] }, 'connections.0: Must be an object {source, target}'],
    [
      'wire: paths from the config root',
      wire([{ ...task, timeout: [] }]),
      'tasks.0.timeout: Must be a positive duration: "200ms", "30s", "5m", "2h", "1d" or a number of seconds',
    ],
  ])('%s', (_, source, message) => {
    expect(faultsOf(source)).toContain(message);
  });

  test('every fault is told at once', () => {
    expect(faultsOf({ tasks: [{ name: 1, task_executor_name: 2, parameters: 3, priority: 'x' }], edges: 4 })).toHaveLength(5);
  });

  test('2,000 tasks are read, 2,001 are refused', () => {
    const many = (n: number) => ({ tasks: Array.from({ length: n }, (_, i) => ({ ...task, name: `t${i}` })) });
    expect(parseDefinition(many(2000)).definition.tasks).toHaveLength(2000);
    expect(faultsOf(many(2001))).toEqual(['tasks: A flow has at most 2000 tasks; this one has 2001']);
  });
});

describe('places in text', () => {
  test('a fault knows its line and column in YAML', () => {
    const { faults } = parseDefinition('name: a\n# a comment\ntasks:\n  - name: b\n    task_executor_name: any\n    priority: high\n');
    expect(faults).toMatchObject([{ path: 'tasks.0.priority', line: 6, column: 15 }]);
  });

  test('and in JSON, in the wire form too', () => {
    const text = JSON.stringify(wire([{ ...task, priority: 'high' }]), null, 2);
    const lines = text.split('\n');
    const line = lines.findIndex((candidate) => candidate.includes('priority')) + 1;
    expect(parseDefinition(text).faults).toMatchObject([
      { path: 'tasks.0.priority', line, column: (lines[line - 1] as string).indexOf('"high"') + 1 },
    ]);
  });

  test('a missing key is told where its parent begins', () => {
    expect(parseDefinition('tasks:\n  - task_executor_name: any').faults).toMatchObject([{ path: 'tasks.0.name', line: 2, column: 5 }]);
  });

  test('syntax errors carry their place', () => {
    expect(parseDefinition('a: 1\nb: [1, 2\nc: 3').faults[0]).toMatchObject({ type: 'yaml_invalid', line: 3 });
    expect(parseDefinition('{"a": 1,, "b": 2}', { format: 'json' }).faults[0]).toMatchObject({ type: 'json_invalid', line: 1 });
    expect(faultsOf('name: x', 'json')).toEqual(['The text is not JSON']);
  });

  test('a reference that is not quoted is recognized as such', () => {
    const { faults } = parseDefinition('tasks:\n  - name: a\n    parameters:\n      url: {{b.url}}\n');
    expect(faults[0]?.message).toContain('must be quoted');
    expect(faults[0]?.line).toBe(4);
  });
});

describe('hostile documents get a clear fault', () => {
  const deep = (open: string, close: string) => `${open.repeat(10_000)}${close.repeat(10_000)}`;
  test.each([
    ['10,000 brackets of JSON', deep('[', ']')],
    ['10,000 braces of JSON', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
    ['10,000 open brackets', '['.repeat(10_000)],
    ['a million open brackets', '['.repeat(1_000_000)],
    ['YAML flow', `a: ${deep('[', ']')}`],
    ['YAML sequences on one line', `${'- '.repeat(10_000)}a`],
    ['YAML explicit keys', `${'? '.repeat(10_000)}a`],
    ['YAML by indentation', Array.from({ length: 2500 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
  ])('%s', (_, text) => {
    const types = typesOf(text);
    expect(types.length).toBeGreaterThan(0);
    expect(types.every((type) => type === 'too_deep' || type === 'yaml_invalid' || type === 'too_large')).toBe(true);
  });

  test('an object of 10,000 levels, and one that holds itself', () => {
    let nested: unknown = 1;
    for (let i = 0; i < 10_000; i++) nested = { a: nested };
    expect(typesOf({ tasks: [], nested })).toEqual(['too_deep']);
    const circular: Record<string, unknown> = { tasks: [] };
    circular['self'] = circular;
    expect(typesOf(circular)).toEqual(['too_deep']);
  });

  test('64 levels are allowed, 65 are not', () => {
    const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) });
    expect(typesOf({ tasks: [], nested: nested(63) })).toEqual([]);
    expect(typesOf({ tasks: [], nested: nested(64) })).toEqual(['too_deep']);
  });

  test.each([
    [
      'an alias bomb',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefg'].map((c, i) => `${c}: &${c} [${Array(9).fill(`*${'abcdef'[i]}`).join(',')}]`).join('\n')}`,
      'alias_bomb',
    ],
    ['an alias of itself', 'a: &a [*a]', 'too_deep'],
    ['__proto__ in YAML', 'tasks: []\n__proto__: {x: 1}', 'forbidden_key'],
    ['__proto__ in JSON', '{"tasks": [{"__proto__": {"x": 1}}]}', 'forbidden_key'],
    ['NUL in text', 'a: "x\0y"', 'nul_character'],
    ['NUL escaped in JSON', '{"tasks": [], "a": "x\\u0000y"}', 'nul_character'],
    ['NUL escaped in YAML', 'tasks: []\na: "x\\0y"', 'nul_character'],
    ['infinity', 'tasks: []\na: .inf', 'finite_number'],
    ['a tag', 'tasks: []\na: !!js/function x', 'yaml_invalid'],
    ['one key twice', 'tasks: []\ntasks: []', 'yaml_invalid'],
    ['two documents', 'tasks: []\n---\ntasks: []', 'yaml_invalid'],
    ['more than 5 MB', `a: "${'x'.repeat(5 * 1024 * 1024)}"`, 'too_large'],
    ['5 MB of commas', `[${'1,'.repeat(2_500_000)}`, 'too_large'],
  ])('%s', (_, text, type) => {
    expect(typesOf(text)).toContain(type);
  });

  test('a merge key is only a key', () => {
    expect(parseDefinition('tasks: []\na: &a {x: 1}\nb: {<<: *a}').document['b']).toEqual({ '<<': { x: 1 } });
  });

  test('what is not a definition at all', () => {
    for (const value of [null, 1, true, undefined, 'just text', '', () => 1]) expect(faultsOf(value).length).toBeGreaterThan(0);
  });

  test('nothing of a document reaches the prototype of objects', () => {
    parseDefinition('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}, "tasks": []}');
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});

test('what the server adds to tasks is stripped, all else stays', () => {
  const added = { dynamic_data: {}, output_schema: {}, input_schema: {}, default_reference_modes: {}, is_schedulable_executor: false };
  const clean = wire([{ ...task, mine: 1 }]);
  expect(stripServerKeys(wire([{ ...task, ...added, mine: 1 }]))).toEqual(clean);
  expect(stripServerKeys({ name: 'a', tasks: [{ ...task, ...added }, 5], output_schema: 1 })).toEqual({
    name: 'a',
    tasks: [task, 5],
    output_schema: 1,
  });
  expect(stripServerKeys({ flow_configs: 7 })).toEqual({ flow_configs: 7 });
});
