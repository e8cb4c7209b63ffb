import { expect, test } from 'vitest';
import { contextOf } from '../testing/executor-context.ts';
import { externalTask } from './external-task.ts';

const startedAt = new Date();

test('waits under its topic, with what the worker is given, until its time is up', async () => {
  const parameters = { topic: 'stamps', timeout: '10m', input: { filename: 'a.pdf' } };
  expect(await externalTask.run(parameters, contextOf({ firstStartedAt: startedAt }))).toEqual({
    status: 'awaiting_input',
    topic: 'stamps',
    until: new Date(startedAt.getTime() + 600_000),
    checkpoint: { input: { filename: 'a.pdf' } },
  });
});

test('a further attempt has what is left of the time, and none after it', async () => {
  const parameters = { topic: 'stamps', timeout: 60 };
  const run = (agoMs: number) =>
    externalTask.run(parameters, contextOf({ firstStartedAt: new Date(Date.now() - agoMs), attempt: 3, checkpoint: { input: null } }));
  expect(await run(59_000)).toMatchObject({ status: 'awaiting_input' });
  expect(await run(60_001)).toMatchObject({ status: 'failed', error: { code: 'timeout', retryable: false } });
});

test.each([
  [{}, 'topic'],
  [{ topic: '' }, 'topic'],
  [{ topic: '$reserved' }, 'topic'],
  [{ topic: 'a b' }, 'topic'],
  [{ topic: 'a', timeout: 'soon' }, 'timeout'],
  [{ topic: 'a', timeout: '9999d' }, 'timeout'],
  [{ topic: 'a', timeout: 0 }, 'timeout'],
])('%j is refused', async (parameters, place) => {
  const outcome = await externalTask.run(parameters, contextOf());
  expect(outcome).toMatchObject({ status: 'failed', error: { code: 'invalid_parameters', retryable: false } });
  expect(JSON.stringify(outcome)).toContain(place);
});
