import { expect, test } from 'vitest';
import type { JsonObject, TaskLog } from '#base';
import type { ExecutorContext, Outcome } from '#executors';
import { createFuse } from './fuse-task.ts';
import { runTask, type TaskSurroundings } from './run-task.ts';
import { catalogueWith, claimed, planOf, receive, silent, workOf } from './testing/claimed-task.ts';

const secretive = {
  parametersSchema: {
    type: 'object',
    properties: { token: { type: 'string', 'x-secret': true }, name: { type: 'string' } },
    additionalProperties: false,
  },
};
const VALUE = 'zq-canary-value';
const tasks = [
  receive,
  {
    name: 'work',
    task_executor_name: 'work',
    parameters: { token: 'Bearer {{secrets.KEY}}', name: '{{receive.filename}}' },
  },
];

interface Seen {
  /** What the executor logged, as it is kept with the attempt. */
  lines: unknown[][];
  parameters?: JsonObject;
  context?: ExecutorContext;
}

async function attempt(secrets: TaskSurroundings['secrets'], outcome: Outcome = { status: 'completed', output: 1 }, filename = 'a.pdf') {
  const seen: Seen = { lines: [] };
  const executor = workOf(async (parameters, context) => {
    Object.assign(seen, { parameters, context });
    context.log.info({ used: parameters['token'] }, `called with ${String(parameters['token'])}`);
    return outcome;
  }, secretive);
  const plan = planOf(tasks, catalogueWith(executor));
  const keep = (...line: unknown[]) => void seen.lines.push(line);
  const taskLog: TaskLog = { debug: keep, info: keep, warn: keep, error: keep };
  const surroundings = { log: silent, taskLog, files: {}, ...(secrets ? { secrets } : {}) } as unknown as TaskSurroundings;
  const inputs = [{ name: 'receive', mode: 'single' as const, values: [{ filename }] }];
  return { seen, result: await runTask(claimed(plan, 1), plan, inputs, executor, surroundings, new AbortController()) };
}

test('a secret is opened for the run and stays as written in what is stored', async () => {
  const { seen, result } = await attempt({ KEY: VALUE, UNUSED: 'never asked for' });
  expect(seen.parameters).toEqual({ token: `Bearer ${VALUE}`, name: 'a.pdf' });
  expect(result).toMatchObject({ status: 'completed', input: '{"token":"Bearer {{secrets.KEY}}","name":"a.pdf"}' });
  const { signal: _, ...context } = seen.context as ExecutorContext;
  expect(JSON.stringify(context)).not.toContain(VALUE);
  expect(Object.keys(context)).not.toContain('secrets');
});

test('what a document says is never opened', async () => {
  const { seen } = await attempt({ KEY: VALUE }, undefined, '{{secrets.KEY}} {{ secrets.KEY }}');
  expect(seen.parameters?.['name']).toBe('{{secrets.KEY}} {{ secrets.KEY }}');
});

test('a secret that there is not fails the task for good, its input kept for whoever looks', async () => {
  const { seen, result } = await attempt({});
  expect(seen.parameters).toBeUndefined();
  expect(result).toMatchObject({
    status: 'failed',
    error: { code: 'no_such_secret', retryable: false, message: expect.stringContaining("'KEY'") },
  });
  expect(result).toMatchObject({ input: '{"token":"Bearer {{secrets.KEY}}","name":"a.pdf"}' });
});

test('what the task leaves behind shows none', async () => {
  const error = { code: 'x', message: `401 for Bearer ${VALUE}`, retryable: false, details: { sent: VALUE } };
  for (const outcome of [
    { status: 'completed', output: { echo: `Bearer ${VALUE}` }, summary: { [VALUE]: 1 } },
    { status: 'failed', error, output: [VALUE] },
    { status: 'awaiting_input', checkpoint: VALUE },
  ] as Outcome[]) {
    const { result, seen } = await attempt({ KEY: VALUE }, outcome);
    expect(seen.lines).toEqual([[{ used: 'Bearer [secret:KEY]' }, 'called with Bearer [secret:KEY]']]);
    expect(result).toMatchObject({ status: outcome.status });
    expect(JSON.stringify(result)).not.toContain(VALUE);
    expect(JSON.stringify(result)).toContain('[secret:KEY]');
  }
});

test('a pure task that names secrets is never settled in passing', () => {
  const executor = workOf(async () => ({ status: 'completed', output: 1 }), {
    ...secretive,
    pure: true,
    compute: (parameters) => ({ status: 'completed', output: parameters }),
  });
  const catalogue = catalogueWith(executor);
  const plan = planOf(
    [receive, { name: 'work', task_executor_name: 'work', parameters: { token: '{{secrets.KEY}}' }, depends_on: ['receive'] }],
    catalogue,
  );
  const fuse = createFuse(catalogue, () => plan);
  const planned = plan.tasks[1];
  if (!planned) throw new Error('the plan of the test has no second task');
  expect(fuse(planned, { item: 0, itemValue: undefined } as never, new Map() as never, claimed(plan, 0))).toBeUndefined();
});
