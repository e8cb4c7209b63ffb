import { describe, expect, test } from 'vitest';
import { placeKey, type Settlement } from '#engine';
import { catalogue, type Executor } from '#executors';
import { createFuse } from './fuse-task.ts';
import { catalogueWith, claimed, planOf, receive, workOf } from './testing/claimed-task.ts';

const pure = (compute: NonNullable<Executor['compute']>): Executor =>
  workOf(async () => ({ status: 'completed', output: 'run' }), { pure: true, compute });
const work = (more: Record<string, unknown> = {}) => ({ name: 'work', task_executor_name: 'work', depends_on: ['receive'], ...more });
const completed = (output: unknown): Settlement => ({ status: 'completed', output: JSON.stringify(output) });

/** Fuses the last task of the plan, after `receive` was settled so. */
function fuse(tasks: unknown[], executors = catalogue, settlement: Settlement = completed({ n: 2 }), itemValue?: string, input = {}) {
  const plan = planOf([receive, ...tasks], executors);
  const planned = plan.tasks.at(-1);
  if (!planned) throw new Error('no task');
  const settled = new Map([[placeKey(0, 0), settlement]]);
  return createFuse(executors, () => plan)(planned, { item: 0, itemValue }, settled, claimed(plan, 0, { input }));
}

test('a task that computes is settled with what precedes it', () => {
  const executors = catalogueWith(pure(({ n }) => ({ status: 'completed', output: { n: n ?? null }, summary: { s: 1 }, routes: ['a'] })));
  const fused = fuse([work({ parameters: { n: '{{receive.metadata.n}}' } })], executors, completed({ metadata: { n: 2 } }));
  expect(fused).toEqual({ status: 'completed', output: '{"n":2}', summary: { s: 1 }, routes: ['a'] });
});

test('format_data is such a task', () => {
  const label = { name: 'label', task_executor_name: 'format_data', parameters: { template: '{{ receive.filename }}!' } };
  expect(fuse([label], catalogue, completed({ filename: 'a.pdf' }))).toMatchObject({ status: 'completed', output: '{"text":"a.pdf!"}' });
});

test('a condition that does not hold skips it', () => {
  expect(fuse([work({ when: 'false' })], catalogueWith(pure(() => expect.fail('it ran'))))).toEqual({ status: 'skipped' });
});

test('a gate is settled with its items', () => {
  const each = { name: 'each', task_executor_name: 'format_data', for_each: '{{input.metadata.list}}', parameters: { template: 'x' } };
  const plan = planOf([receive, each]);
  const gate = plan.tasks[1];
  if (gate?.kind !== 'gate') throw new Error('no gate');
  const settled = new Map([[placeKey(0, 0), completed({})]]);
  const source = claimed(plan, 0, { input: { metadata: { list: ['a', 'b'] } } });
  expect(createFuse(catalogue, () => plan)(gate, { item: 0, itemValue: undefined }, settled, source)).toEqual({
    status: 'completed',
    items: ['a', 'b'],
  });
});

describe('it is left to a worker', () => {
  const two = pure(() => ({ status: 'completed', output: 2 }));

  test.each<[string, Executor]>([
    ['where it fails: a worker reports that', pure(() => ({ status: 'failed', error: { code: 'no', message: 'No', retryable: false } }))],
    [
      'where it throws',
      pure(() => {
        throw new Error('bug');
      }),
    ],
    ['where its output is no JSON', pure(() => ({ status: 'completed', output: 1n as never }))],
    ['where its output is too large for its row', pure(() => ({ status: 'completed', output: 'x'.repeat(300_000) }))],
    ['where it cannot compute', workOf(async () => ({ status: 'completed', output: 1 }))],
  ])('%s', (_, executor) => {
    expect(fuse([work()], catalogueWith(executor))).toBeUndefined();
  });

  test('where a reference has nothing to refer to', () => {
    expect(
      fuse([work({ parameters: { n: '{{receive.metadata.none}}' } })], catalogueWith(two), completed({ metadata: {} })),
    ).toBeUndefined();
  });

  test('where what it reads lies in the file store, or was settled before', () => {
    const reads = work({ parameters: { n: '{{receive.filename}}' } });
    expect(fuse([reads], catalogueWith(two), { status: 'completed', outputKey: 'outputs/x' })).toBeUndefined();
    const plan = planOf([receive, reads], catalogueWith(two));
    const planned = plan.tasks[1];
    if (!planned) throw new Error('no task');
    const place = { item: 0, itemValue: undefined };
    expect(createFuse(catalogueWith(two), () => plan)(planned, place, new Map(), claimed(plan, 0))).toBeUndefined();
    expect(createFuse(catalogueWith(two), () => undefined)(planned, place, new Map(), claimed(plan, 0))).toBeUndefined();
  });
});
