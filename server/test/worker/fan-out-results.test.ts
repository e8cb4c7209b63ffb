import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFlow, startRun } from '../support/run-flow.ts';
import { startRunningPlatform } from '../support/running-platform.ts';
import type { TestClient } from '../support/test-client.ts';
import type { TestPlatform } from '../support/test-platform.ts';
import { receive, taskOutput, taskRows } from './model-flow.ts';

let platform: TestPlatform;
let user: TestClient;
let fileKey: string;

beforeAll(async () => {
  ({ platform, user, fileKey } = await startRunningPlatform({ loops: 2 }));
});
afterAll(() => platform.close());

const format = (name: string, fields: Record<string, string>, more: Record<string, unknown> = {}) => ({
  name,
  task_executor_name: 'format_data',
  parameters: { fields },
  ...more,
});

async function run(tasks: unknown[], metadata: Record<string, unknown> = {}, extra: Record<string, unknown> = {}) {
  const flowId = await createFlow(user, [receive, ...tasks], extra);
  return startRun(user, flowId, { file_key: fileKey, metadata }, { waitSeconds: 25 });
}

const outputOf = async (id: string, task: string) => (await taskOutput(user, id, task))['output'];
const wordsOf = (rows: Record<string, unknown>[]) => rows.map((row) => row['status']);

describe('a fan-out over a list of the input', () => {
  const each = (more: Record<string, unknown> = {}) =>
    format('each', { n: '10 / int(item)' }, { for_each: '{{input.metadata.list}}', ...more });
  const collect = format('collect', { all: 'each' }, { reference_modes: { each: 'collection' } });

  test('goes on item by item in one mode, and comes together in the other', async () => {
    const twice = format('twice', { n: 'each.n * 2', of: 'item' }, { reference_modes: { each: 'single' } });
    const sum = format('sum', { all: 'twice.map(t, t.n)' }, { reference_modes: { twice: 'collection' } });
    const { id, status } = await run([each(), twice, sum], { list: [1, 2, 5] });
    expect(status).toBe('completed');
    expect((await taskRows(user, id, 'twice')).map((row) => [row['task_execution_idx'], row['output']])).toEqual([
      [0, { n: 20, of: 1 }],
      [1, { n: 10, of: 2 }],
      [2, { n: 4, of: 5 }],
    ]);
    expect(await outputOf(id, 'sum')).toEqual({ all: [20, 10, 4] });
  });

  test('G8: fails once all its items have ended, and cancels what collects them; good items stay readable', async () => {
    const { id, status } = await run([each(), collect], { list: [1, 0, 2] });
    expect(status).toBe('failed');
    const rows = await taskRows(user, id, 'each');
    expect(wordsOf(rows)).toEqual(['completed', 'failed', 'completed']);
    expect(rows.map((row) => row['output'])).toEqual([{ n: 10 }, null, { n: 5 }]);
    expect(rows[1]?.['error']).toMatchObject({ code: 'expression_error', retryable: false });
    expect(await taskOutput(user, id, 'each')).toMatchObject({
      processing_status: 'failed',
      output: [{ n: 10 }, null, { n: 5 }],
      summary: { items: 3, completed: 2, failed: 1 },
    });
    expect(await taskRows(user, id, 'collect')).toEqual([]);
    expect(await taskOutput(user, id, 'collect')).toMatchObject({ processing_status: 'cancelled' });
  });

  test('goes on without the failed ones where it says so, and gives null for them', async () => {
    const { id, status } = await run([each({ on_item_failure: 'continue' }), collect], { list: [1, 0, 2] });
    expect(status).toBe('completed');
    expect(wordsOf(await taskRows(user, id, 'each'))).toEqual(['completed', 'failed', 'completed']);
    expect(await taskOutput(user, id, 'each')).toMatchObject({ output: [{ n: 10 }, null, { n: 5 }], summary: { completed: 2, failed: 1 } });
    expect(await outputOf(id, 'collect')).toEqual({ all: [{ n: 10 }, null, { n: 5 }] });
  });

  test('all of whose items fail still comes together where it says so', async () => {
    const { id, status } = await run([each({ on_item_failure: 'continue' }), collect], { list: [0, 0] });
    expect(status).toBe('completed');
    expect(await outputOf(id, 'collect')).toEqual({ all: [null, null] });
  });

  test('leaves out single items by a condition on the item', async () => {
    const { id, status } = await run([each({ when: 'item != 0' }), collect], { list: [0, 2, 0] });
    expect(status).toBe('completed');
    const rows = await taskRows(user, id, 'each');
    expect(wordsOf(rows)).toEqual(['skipped', 'completed', 'skipped']);
    expect(rows[0]).toMatchObject({ skipped: true, processing_status: 'completed', output: null, error: null });
    expect(await outputOf(id, 'collect')).toEqual({ all: [null, { n: 5 }, null] });
  });

  test('is skipped as a whole by a condition on something else, and so is what collects it', async () => {
    const { id, status } = await run([each({ when: 'input.metadata.wanted' }), collect], { list: [1], wanted: false });
    expect(status).toBe('completed');
    expect(await taskRows(user, id, 'each')).toEqual([]);
    expect(wordsOf(await taskRows(user, id, 'collect'))).toEqual(['skipped']);
  });

  test('over what is no list fails with what is wrong; over nothing it is a list without items', async () => {
    const nothing = await run([each(), collect], { list: null });
    expect([nothing.status, await outputOf(nothing.id, 'collect')]).toEqual(['completed', { all: [] }]);
    const { id, status } = await run([each(), collect], { list: 'abc' });
    expect(status).toBe('failed');
    expect(await taskOutput(user, id, 'each')).toMatchObject({ processing_status: 'failed', error: { code: 'for_each_not_a_list' } });
  });

  test('runs its items at once, not one after the other', async () => {
    const wait = { name: 'wait', task_executor_name: 'delay', for_each: '{{input.metadata.list}}', parameters: { duration: '{{item}}' } };
    const started = Date.now();
    const { id, status } = await run([wait], { list: Array.from({ length: 30 }, () => '700ms') });
    expect(status).toBe('completed');
    expect(Date.now() - started).toBeLessThan(10_000); // one after the other: 21 s
    expect(await taskRows(user, id, 'wait')).toHaveLength(30);
  });
});

test('a nested fan-out collects level by level, empty rows included', async () => {
  const row = format('row', { cells: 'item' }, { for_each: '{{input.metadata.rows}}' });
  const cell = format('cell', { value: 'item + "!"' }, { for_each: '{{row.cells}}' });
  const modes = { cell: 'collection', row: 'single' };
  const line = format('line', { of: 'size(row.cells)', cells: 'cell.map(c, c.value)' }, { reference_modes: modes });
  const table = format('table', { lines: 'line.map(l, l.cells)' }, { reference_modes: { line: 'collection' } });
  const { id, status } = await run([row, cell, line, table], { rows: [['a', 'b'], [], ['c']] });
  expect(status).toBe('completed');
  expect(await outputOf(id, 'table')).toEqual({ lines: [['a!', 'b!'], [], ['c!']] });
  expect(await outputOf(id, 'cell')).toEqual([[{ value: 'a!' }, { value: 'b!' }], [], [{ value: 'c!' }]]);
});

describe('a task behind a skipped one', () => {
  const off = format('off', { n: '1' }, { when: 'false', depends_on: ['receive'] });
  const on = format('on', { n: '2' }, { depends_on: ['receive'] });
  const behind = (more: Record<string, unknown>) =>
    format('behind', { on: 'on == null ? 0 : on.n' }, { depends_on: ['on', 'off'], ...more });

  test.each([
    ['is skipped', {}, 'skipped'],
    ['runs where one of them ran', { run_if: 'any' }, 'completed'],
    ['runs in any case', { run_if: 'always' }, 'completed'],
  ])('%s', async (_, more, expected) => {
    const { id, status } = await run([off, on, behind(more)]);
    expect(status).toBe('completed');
    expect(wordsOf(await taskRows(user, id, 'behind'))).toEqual([expected]);
  });

  test('is skipped with run_if any where none ran, and reads null with always', async () => {
    const any = format('any', { n: '1' }, { run_if: 'any', depends_on: ['off'] });
    const always = format('always', { seen: 'off == null' }, { run_if: 'always' });
    const { id } = await run([off, any, always]);
    expect(wordsOf(await taskRows(user, id, 'any'))).toEqual(['skipped']);
    expect(await outputOf(id, 'always')).toEqual({ seen: true });
  });
});

describe('after a failure', () => {
  const fails = (more: Record<string, unknown> = {}) => format('fails', { n: '1 / 0' }, { depends_on: ['receive'], ...more });
  const note = format('note', { said: '"sorry"' });

  test('the task that handles it runs, what depended on it does not, and what does not depend finishes', async () => {
    const dependent = format('dependent', { n: 'fails.n' });
    const independent = format('independent', { n: '3' }, { depends_on: ['receive'] });
    const { id, status } = await run([fails({ on_failure: ['note'] }), note, dependent, independent]);
    expect(status).toBe('failed');
    expect(await outputOf(id, 'note')).toEqual({ said: 'sorry' });
    expect(await outputOf(id, 'independent')).toEqual({ n: 3 });
    expect(await taskRows(user, id, 'dependent')).toEqual([]);
  });

  test('the task that handles it is skipped where nothing failed', async () => {
    const { id, status } = await run([format('fails', { n: '1' }, { depends_on: ['receive'], on_failure: ['note'] }), note]);
    expect(status).toBe('completed');
    expect(wordsOf(await taskRows(user, id, 'note'))).toEqual(['skipped']);
  });

  test('the handler of the flow runs where the failure was in the middle of it, and not where there was none', async () => {
    const behind = format('behind', { n: 'fails.n' });
    const { id, status } = await run([fails(), behind, note], {}, { on_failure: ['note'] });
    expect([status, await outputOf(id, 'note')]).toEqual(['failed', { said: 'sorry' }]);
    const well = await run([format('fails', { n: '1' }, { depends_on: ['receive'] }), behind, note], {}, { on_failure: ['note'] });
    expect([well.status, wordsOf(await taskRows(user, well.id, 'note'))]).toEqual(['completed', ['skipped']]);
  });

  test('the handler of the flow runs after all else', async () => {
    const slow = { name: 'slow', task_executor_name: 'delay', parameters: { duration: '300ms' }, depends_on: ['receive'] };
    const { id, status } = await run([fails(), slow, note], {}, { on_failure: ['note'] });
    expect(status).toBe('failed');
    const [ended] = await taskRows(user, id, 'slow');
    const [noted] = await taskRows(user, id, 'note');
    expect(noted).toMatchObject({ output: { said: 'sorry' } });
    expect(Date.parse(String(noted?.['completed_at']))).toBeGreaterThanOrEqual(Date.parse(String(ended?.['completed_at'])));
  });
});
