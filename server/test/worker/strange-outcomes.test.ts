import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Json } from '#base';
import type { Outcome } from '#executors';
import { reach } from '../support/run-flow.ts';
import { startRunningPlatform } from '../support/running-platform.ts';
import type { TestClient } from '../support/test-client.ts';
import type { TestPlatform } from '../support/test-platform.ts';
import { engineRow, receive, taskRows } from './model-flow.ts';
import { executorOf, startTestWorker, type TestWorker } from './test-worker.ts';

let platform: TestPlatform;
let user: TestClient;
let worker: TestWorker;
let fileKey: string;

const cyclic = () => {
  const object: Record<string, unknown> = {};
  object['self'] = object;
  return object as Json;
};
const nested = (depth: number): Json => {
  let value: Json = 0;
  for (let level = 0; level < depth; level++) value = [value];
  return value;
};
const completed = (output: Json): Outcome => ({ status: 'completed', output });
const big = 1n as unknown as Json;

/** What the executor of this file answers, by the name that a task gives it. */
const ANSWERS: Record<string, () => Promise<Outcome> | Outcome> = {
  fine: () => completed({ fine: true }),
  nul: () => completed({ text: 'a\u0000b', 'k\u0000y': 1 }),
  surrogates: () => completed({ lone: 'a\ud800b', reversed: '\udc00\ud83d', pair: '\ud83d\ude00' }),
  prototype: () => completed(JSON.parse('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}')),
  not_a_number: () => completed({ value: Number.NaN }),
  big_integer: () => completed({ value: big }),
  cyclic: () => completed(cyclic()),
  deep: () => completed(nested(9000)),
  deeper: () => completed(nested(200_000)),
  cyclic_summary: () => ({ status: 'completed', output: 1, summary: { cyclic: cyclic() } }),
  big_details: () => ({ status: 'failed', error: { code: 'odd', message: 'odd', retryable: false, details: big } }),
  nul_message: () => ({ status: 'failed', error: { code: 'o\u0000dd', message: 'a\u0000b \ud800', retryable: false } }),
  no_date: () => ({ status: 'scheduled', until: new Date(Number.NaN), checkpoint: null }),
  nothing: () => undefined as unknown as Outcome,
  another_word: () => ({ status: 'done' }) as unknown as Outcome,
  rejects: () => Promise.reject(new Error('a secret of the executor')),
  rejects_nothing: () => Promise.reject(undefined),
  throws: () => {
    throw new TypeError('before any promise');
  },
};

beforeAll(async () => {
  ({ platform, user, fileKey } = await startRunningPlatform());
  const strange = executorOf('strange', ({ answer }) => (ANSWERS[String(answer)] as () => Outcome)());
  worker = await startTestWorker(platform, [strange], { fileKey });
});
afterAll(async () => {
  await worker.drain();
  await platform.close();
});

const task = (answer: string) => ({
  name: answer,
  task_executor_name: 'strange',
  depends_on: ['receive'],
  parameters: { answer },
  retry: { max_attempts: 2, initial_interval: '10ms' },
});

/** The task among others of its batch, of the same run and of another; the others must complete. */
async function run(answer: string): Promise<Record<string, unknown>> {
  const others = await worker.start([receive, task('fine')]);
  const id = await worker.start([receive, task('fine'), task(answer)]);
  await reach(user, id, 'completed', 'failed');
  await reach(user, others, 'completed');
  expect((await taskRows(user, id, 'fine'))[0]).toMatchObject({ output: { fine: true } });
  return (await taskRows(user, id, answer))[0] as Record<string, unknown>;
}

describe('an output is stored', () => {
  test('with U+FFFD for NUL and for halves of a surrogate pair', async () => {
    expect((await run('nul'))['output']).toEqual({ text: 'a\ufffdb', 'k\ufffdy': 1 });
    expect((await run('surrogates'))['output']).toEqual({ lone: 'a\ufffdb', reversed: '\ufffd\ufffd', pair: '\ud83d\ude00' });
  });

  test('with keys that are the names of a prototype as keys, no more', async () => {
    const { output } = await run('prototype');
    expect(JSON.stringify(output)).toBe('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test('with null for what is no number', async () => {
    expect((await run('not_a_number'))['output']).toEqual({ value: null });
  });
});

describe('what cannot be stored fails its task alone, at once', () => {
  test.each(['big_integer', 'cyclic', 'deep', 'deeper', 'cyclic_summary', 'big_details', 'no_date'])('%s', async (answer) => {
    const row = await run(answer);
    expect(row).toMatchObject({ processing_status: 'failed', attempt: 1, error: { code: 'unstorable_output', retryable: false } });
  });

  test('but an error message is stored without what the database does not take', async () => {
    expect((await run('nul_message'))['error']).toMatchObject({ code: 'o\ufffddd', message: 'a\ufffdb \ufffd' });
  });
});

describe('a bug of an executor fails its task, after its attempts, and is logged but not shown', () => {
  test.each(['rejects', 'rejects_nothing', 'throws', 'nothing', 'another_word'])('%s', async (answer) => {
    const row = await run(answer);
    expect(row).toMatchObject({ processing_status: 'failed', attempt: 2, error: { code: 'executor_error', retryable: true } });
    expect(JSON.stringify(row)).not.toContain('a secret of the executor');
    expect(await engineRow(platform, row['id'])).toMatchObject({ tries: 2, losses: 0 });
    const entries = worker.logged.filter((entry) => entry['task_execution_id'] === row['id']);
    expect(entries.map((entry) => entry['executor'])).toEqual(['strange', 'strange']); // once an attempt
  });
});
