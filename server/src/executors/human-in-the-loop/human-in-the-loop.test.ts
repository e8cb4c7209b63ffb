import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '#base';
import { contextOf } from '../testing/executor-context.ts';
import { humanInTheLoop } from './human-in-the-loop.ts';

const evidence = (confidence: number) => ({ confidence, page: 1, box: [0, 0, 1, 1], text: 'x', reason: 'found' });
const data = {
  number: 'INV-1',
  total: 120.5,
  date: null,
  lines: [{ text: 'a', price: 2 }],
  _evidence: {
    number: evidence(0.95),
    total: evidence(0.7),
    date: { ...evidence(0), page: null, box: null, text: null, reason: 'not found' },
    lines: [{ text: evidence(0.9), price: evidence(0.5) }],
  },
};
const run = (parameters: object, startedAgoMs = 0) =>
  humanInTheLoop.run(
    parameters as JsonObject,
    contextOf({ tasks: { invoice: data as Json }, firstStartedAt: new Date(Date.now() - startedAgoMs) }),
  );
const reviewOf = async (parameters: object) => {
  const outcome = await run(parameters);
  if (outcome.status !== 'awaiting_input') throw new Error(JSON.stringify(outcome));
  return outcome.checkpoint as { uncertain: { field: string }[]; [key: string]: unknown };
};
const uncertainOf = async (parameters: object) => (await reviewOf(parameters)).uncertain.map(({ field }) => field);

describe('human_in_the_loop', () => {
  test('waits, with all that the reviewer needs beside the data', async () => {
    const review = await reviewOf({
      data,
      documents: 'gs://flow-test/a',
      instructions: 'Look',
      human_messages: ['one', { when: 'invoice.total > 1000.0', message: 'two' }, { message: 'three {{ invoice.total }}' }],
      assigned_users: ['u1'],
      assigned_worker_groups: ['g1'],
      is_editable: false,
      review_timeout_minutes: 15,
    });
    expect(review).toMatchObject({
      waits_for: 'review',
      instructions: 'Look',
      human_messages: ['one', 'three 120.5'],
      documents: ['gs://flow-test/a'],
      is_editable: false,
      assigned_users: ['u1'],
      assigned_worker_groups: ['g1'],
      review_timeout_minutes: 15,
      uncertain_count: 3,
    });
    expect(review.uncertain[0]).toEqual({ field: 'total', value: 120.5, threshold: 0.8, ...evidence(0.7) });
  });

  test('marks what is below its threshold, rows of tables too', async () => {
    expect(await uncertainOf({ data })).toEqual(['total', 'date', 'lines[0].price']);
    expect(await uncertainOf({ data, threshold: 0.6 })).toEqual(['date', 'lines[0].price']);
    expect(await uncertainOf({ data, threshold: 0.6, thresholds: { number: 0.99, lines: 0.4 } })).toEqual(['number', 'date']);
    expect(await uncertainOf({ data, ignore_missing: true })).toEqual(['total', 'lines[0].price']);
    expect(await uncertainOf({ data, fields: ['number', 'iban'] })).toEqual(['iban']);
  });

  test('passes data that are sure, where it is told to', async () => {
    const sure = { skip_if_confident: true, data, fields: ['number'] };
    expect(await run(sure)).toMatchObject({ status: 'completed', output: data, routes: ['approved'], summary: { reviewed: false } });
    expect(await run({ ...sure, threshold: 0.96 })).toMatchObject({ status: 'awaiting_input' });
    expect(await run({ ...sure, human_messages: ['odd'] })).toMatchObject({ status: 'awaiting_input' });
    expect(await run({ ...sure, human_messages: [{ when: 'false', message: 'odd' }] })).toMatchObject({ status: 'completed' });
  });

  test('data of which nothing is known are not sure', async () => {
    for (const plain of [{ a: 1 }, [1], 'text', null, { _evidence: {} }]) {
      expect(await run({ skip_if_confident: true, data: plain })).toMatchObject({ status: 'awaiting_input' });
    }
  });

  test('after its timeout it fails, or hands on the unreviewed data by its route', async () => {
    expect(await run({ data, timeout: '1h' })).toMatchObject({ status: 'awaiting_input', until: expect.any(Date) });
    expect(await run({ data, timeout: '1h' }, 3_600_000)).toMatchObject({ status: 'failed', error: { code: 'timeout' } });
    expect(await run({ data, timeout: '1h', on_timeout: 'route' }, 3_600_000)).toMatchObject({
      status: 'completed',
      output: data,
      routes: ['timed_out'],
    });
  });

  test('a decision is a yes unless it says no', () => {
    expect(humanInTheLoop.eventRoutes?.({ total: 1 })).toEqual(['approved']);
    expect(humanInTheLoop.eventRoutes?.({ total: 1, review_result: false })).toEqual(['rejected']);
    expect(humanInTheLoop.eventRoutes?.(null)).toEqual(['approved']);
  });

  test('a message that cannot be made is told with its place', async () => {
    expect(await run({ human_messages: ['a', { when: 'invoice.none', message: 'b' }] })).toMatchObject({
      status: 'failed',
      error: { code: 'expression_error', details: { expression: 'message 2', place: 'parameters.human_messages.1.when' } },
    });
  });

  test('evidence of any shape is data, never a fault', async () => {
    const hostile = JSON.parse(
      '{"_evidence": {"__proto__": {"confidence": "1"}, "a": [null, 7, {"b": null}], "c": {"confidence": -1, "text": 5}, "d": "x"}, "a": {"b": 1}}',
    );
    expect((await uncertainOf({ data: hostile })).sort()).toEqual(['__proto__', 'a.b', 'c', 'd']);
  });
});
