import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#base';
import { checkDefinition } from './check-definition.ts';
import { type Fault, formatFault } from './fault.ts';
import { executors } from './fixtures/executors.ts';
import { parseDefinition } from './parse-definition.ts';
import type { Plan } from './plan.ts';
import { planFlow } from './plan-flow.ts';

const receive = { name: 'receive', task_executor_name: 'receive_file' };
const task = (name: string, parameters: JsonObject = {}, more: JsonObject = {}) => ({
  name,
  task_executor_name: 'any',
  parameters,
  ...more,
});
const result = (source: unknown) => planFlow(parseDefinition(source).definition, executors);
const faultsOf = (source: unknown): Fault[] => {
  const made = result(source);
  return 'faults' in made ? made.faults : [];
};
const planOf = (...tasks: JsonObject[]): Plan => {
  const made = result({ tasks });
  if ('faults' in made) throw new Error(made.faults.map(formatFault).join('\n'));
  return made.plan;
};
const afterOf = (plan: Plan, name: string) => plan.tasks[plan.byName.get(name) as number]?.after.map(({ from }) => plan.tasks[from]?.name);

test('the quick start of the original, completed, is valid and sorted', () => {
  const [a, b, c] = [
    '8a0883ff-e0b9-4c27-8dfe-8af18c7d3ea4',
    'd61f3643-52d9-4ff3-bee7-7a3e26ca013f',
    'e264bc8d-0000-4000-8000-000000000000',
  ];
  const definition = {
    flow: { created_at: '', author_uuid: '' },
    flow_configs: [
      {
        config: {
          tasks: [
            {
              visual_properties: { position: { x: 1060, y: 232 }, collapsed: false, zIndex: 1 },
              name: c,
              task_executor_name: 'doc_to_structured',
              task_title: 'Doc To Structured',
              is_schedulable_executor: false,
              parameters: {
                worker: 'gpt-4.1',
                document_url: `{{${a}.document_url}}`,
                fields: [{ id: 'InvoiceID', title: 'Invoice ID', data_type: 'int', columns: [], instructions: '' }],
              },
            },
            {
              visual_properties: { position: { x: 0, y: 359 } },
              name: a,
              task_executor_name: 'receive_file',
              task_title: 'Receive File',
              parameters: {},
            },
            {
              visual_properties: { position: { x: 530, y: 232 } },
              name: b,
              task_executor_name: 'doc_to_text',
              task_title: 'Convert Document to Text',
              parameters: { worker: 'gpt-4.1', mime_type: `{{${a}.mime_type}}`, document_url: `{{${a}.document_url}}` },
            },
          ],
          groups: [],
          notes: [],
        },
        meta: { name: 'Quick Start', description: '' },
      },
    ],
  };
  const checked = checkDefinition(definition, executors);
  expect(checked.faults).toEqual([]);
  expect(checked.orderedTaskNames).toEqual([a, c, b]);
  expect(checked.inputTaskNames).toEqual([a]);
  expect(checked.outputSchemas[c]).toMatchObject({ properties: { InvoiceID: { type: 'integer' } } });
  expect(checked.defaultReferenceModes[c]).toEqual({ [a]: 'single' });
  const scope = { tasks: { [a]: { document_url: 'gs://b/f', mime_type: 'application/pdf' } }, input: {}, execution: {} as never };
  expect(checked.plan?.resolve.get(2)?.parameters(scope)).toEqual({
    worker: 'gpt-4.1',
    mime_type: 'application/pdf',
    document_url: 'gs://b/f',
  });
});

describe('the plan', () => {
  test('numbers are a topological order: input tasks first, then as in the definition', () => {
    const plan = planOf(task('c', { x: '{{b.x}}' }), task('a', { x: '{{receive}}' }), task('b', { x: '{{receive}}' }), { ...receive });
    expect(plan.tasks.map((planned) => planned.name)).toEqual(['receive', 'a', 'b', 'c']);
    expect(plan.tasks.map((planned) => planned.number)).toEqual([0, 1, 2, 3]);
    expect(plan.inputTasks).toEqual([0]);
    expect(plan.byName.get('c')).toBe(3);
  });

  test('dependencies come from parameters, when, concurrency, templates, expressions, depends_on and edges, once each', () => {
    const names = ['p', 'w', 'k', 'l', 'c', 'd', 'e'];
    const made = result({
      tasks: [
        receive,
        ...names.map((name) => task(name)),
        task(
          't',
          { a: '{{p.x}} {{p.y}}' },
          { when: 'w.ok && p.x == 1', concurrency: { key: '{{k.id}}', limit: 3 }, depends_on: ['d', 'p'] },
        ),
        { name: 'f', task_executor_name: 'format_data', parameters: { template: '{{ l.x }}' } },
        { name: 'g', task_executor_name: 'format_data', parameters: { fields: { a: 'tasks["c"].x' } } },
      ],
      edges: [
        { source: 'e', target: 't', source_handle: 'output' },
        { source: 'p', target: 't' },
      ],
    });
    if ('faults' in made) throw new Error(formatFault(made.faults[0] as Fault));
    expect(afterOf(made.plan, 't')).toEqual(['p', 'w', 'k', 'd', 'e']);
    expect(afterOf(made.plan, 'f')).toEqual(['l']);
    expect(afterOf(made.plan, 'g')).toEqual(['c']);
  });

  test('settings get their defaults and units', () => {
    const plan = planOf(
      receive,
      task(
        'a',
        {},
        {
          retry: { max_attempts: 7, initial_interval: '2m' },
          timeout: '5s',
          priority: 10,
          on_item_failure: 'continue',
          cache: { ttl: '1d' },
          concurrency: { key: 'k', limit: 2 },
        },
      ),
      task('b'),
    );
    expect(plan.tasks[1]).toMatchObject({
      retry: { maxAttempts: 7, initialIntervalMs: 120_000, backoff: 2, maxIntervalMs: 120_000, nonRetryable: [] },
      timeoutMs: 5000,
      rank: -10,
      onItemFailure: 'continue',
      cache: { ttlMs: 86_400_000 },
      concurrency: { limit: 2 },
    });
    expect(plan.tasks[2]).toMatchObject({
      retry: { maxAttempts: 3, initialIntervalMs: 1000 },
      timeoutMs: 60_000,
      rank: 0,
      runIf: 'all',
      onItemFailure: 'fail',
    });
  });

  test('routes, by depends_on and by edge, replace the plain arrival', () => {
    const branch = {
      name: 'choose',
      task_executor_name: 'branch',
      parameters: { routes: [{ name: 'big', when: 'receive.size_bytes > 10' }], else: 'small' },
    };
    const made = result({
      tasks: [receive, branch, task('a', { x: '{{choose.y}}' }, { depends_on: ['choose.big'] }), task('b')],
      edges: [{ source: 'choose', target: 'b', source_handle: 'small' }],
    });
    if ('faults' in made) throw new Error(formatFault(made.faults[0] as Fault));
    expect(made.plan.tasks.map((planned) => planned.after)).toEqual([
      [],
      [{ from: 0 }],
      [{ from: 1, route: 'big' }],
      [{ from: 1, route: 'small' }],
    ]);
  });

  test('a task of on_failure waits for the failure, and what came before it adds nothing', () => {
    const plan = planOf(
      receive,
      task('a', { x: '{{receive}}' }, { on_failure: ['h'] }),
      task('h', { x: '{{receive.filename}}', y: '{{a}}' }),
      task('b', { x: '{{h}}' }),
    );
    expect(plan.tasks[2]).toMatchObject({ name: 'h', after: [{ from: 1, onFailure: true }], runIf: 'all' });
    expect(plan.tasks[2]?.reads).toEqual([
      { task: 0, mode: 'single' },
      { task: 1, mode: 'single' },
    ]);
    expect(afterOf(plan, 'b')).toEqual(['h']);
  });

  test('one failure of several is enough', () => {
    const plan = planOf(
      receive,
      task('a', { x: '{{receive}}' }, { on_failure: ['h'] }),
      task('b', { x: '{{receive}}' }, { on_failure: ['h'] }),
      task('h'),
    );
    expect(plan.tasks[3]).toMatchObject({
      runIf: 'any',
      after: [
        { from: 1, onFailure: true },
        { from: 2, onFailure: true },
      ],
    });
    const other = {
      tasks: [receive, task('a', {}, { on_failure: ['h'] }), task('b', {}, { on_failure: ['h'] }), task('c'), task('h', { x: '{{c}}' })],
    };
    expect(faultsOf(other).map((fault) => fault.type)).toEqual(['on_failure_conflict']);
  });

  test('a task of the flow waits for every end of the rest', () => {
    const made = result({
      tasks: [
        receive,
        task('a', { x: '{{receive}}' }),
        task('b', { x: '{{a}}' }),
        task('c', { x: '{{a}}' }),
        task('alarm', { x: '{{receive.filename}}' }),
        task('after', { x: '{{alarm}}' }),
      ],
      on_failure: ['alarm'],
    });
    if ('faults' in made) throw new Error(formatFault(made.faults[0] as Fault));
    const alarm = made.plan.tasks[made.plan.byName.get('alarm') as number];
    expect(alarm?.runIf).toBe('failed');
    expect(afterOf(made.plan, 'alarm')).toEqual(['b', 'c']);
    expect(afterOf(made.plan, 'after')).toEqual(['alarm']);
  });

  test('a fingerprint changes with what decides the result, and with nothing else', () => {
    const print = (more: JsonObject, parameters: JsonObject = { x: '{{receive.filename}}', y: { b: 1, a: 2 } }) =>
      planOf(receive, { ...task('a', parameters), ...more }).tasks[1]?.fingerprint;
    const same = print({});
    expect(print({ task_title: 'Other', visual_properties: { x: 1 }, timeout: '1s', priority: 5, retry: { max_attempts: 1 } })).toBe(same);
    expect(print({}, { y: { a: 2, b: 1 }, x: '{{receive.filename}}' })).toBe(same);
    const others = [
      print({}, { x: '{{receive.filename}}' }),
      print({ when: 'true' }),
      print({ run_if: 'any' }),
      print({ task_executor_name: 'join_items' }),
    ];
    expect(new Set([same, ...others]).size).toBe(5);
    const elsewhere = planOf(task('z'), receive, task('a', { x: '{{receive.filename}}', y: { b: 1, a: 2 } }));
    expect(elsewhere.tasks[elsewhere.byName.get('a') as number]?.fingerprint).toBe(same);
  });
});

test('executors may be given as a map, a list or a catalogue', () => {
  const { definition } = parseDefinition({ tasks: [receive] });
  const list = [...executors.values()];
  for (const lookup of [executors, list, { get: (name: string) => executors.get(name), list: () => list }]) {
    expect('plan' in planFlow(definition, lookup)).toBe(true);
  }
});

test('2,000 tasks are planned in time that grows with their number, not its square', () => {
  const chain = (count: number) =>
    parseDefinition({
      tasks: [
        receive,
        ...Array.from({ length: count - 1 }, (_, i) => task(`t${i}`, { x: i === 0 ? '{{receive.filename}}' : `{{t${i - 1}.x}}` })),
      ],
    }).definition;
  const cpuMs = (count: number) => {
    const definition = chain(count);
    const before = process.cpuUsage();
    expect('plan' in planFlow(definition, executors)).toBe(true);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
  cpuMs(500);
  expect(Math.min(cpuMs(2000), cpuMs(2000), cpuMs(2000))).toBeLessThan(400);
});
