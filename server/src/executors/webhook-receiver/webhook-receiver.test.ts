import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#base';
import { checkSchema } from '#language';
import { contextOf } from '../testing/executor-context.ts';
import { webhookReceiver } from './webhook-receiver.ts';

const HOUR = 3_600_000;
const run = (parameters: object, startedAgoMs = 0, checkpoint?: JsonObject) =>
  webhookReceiver.run(
    parameters as JsonObject,
    contextOf({ firstStartedAt: new Date(Date.now() - startedAgoMs), ...(checkpoint === undefined ? {} : { checkpoint }) }),
  );

describe('webhook_receiver', () => {
  test('waits for ever, or until its timeout has passed', async () => {
    expect(await run({})).toEqual({ status: 'awaiting_input', checkpoint: { waits_for: 'webhook' } });
    const firstStartedAt = new Date();
    const until = new Date(firstStartedAt.getTime() + 2 * HOUR);
    expect(await webhookReceiver.run({ timeout: '2h' }, contextOf({ firstStartedAt }))).toEqual({
      status: 'awaiting_input',
      until,
      checkpoint: { waits_for: 'webhook', until: until.toISOString() },
    });
  });

  test('run again before that, as after a crash, it waits for the rest', async () => {
    const again = await run({ timeout: '2h' }, HOUR, { waits_for: 'webhook', until: 'x' });
    expect(again).toMatchObject({ status: 'awaiting_input', until: expect.any(Date) });
    if (again.status === 'awaiting_input') expect((again.until?.getTime() ?? 0) - Date.now()).toBeLessThanOrEqual(HOUR);
  });

  test('after that it fails, or takes its route', async () => {
    expect(await run({ timeout: '2h' }, 2 * HOUR)).toMatchObject({ status: 'failed', error: { code: 'timeout', retryable: false } });
    expect(await run({ timeout: 7200, on_timeout: 'route' }, 2 * HOUR)).toMatchObject({
      status: 'completed',
      output: null,
      routes: ['timed_out'],
    });
  });

  test('its output is what the fields say, and nothing besides', () => {
    const parameters = { fields: [{ id: 'n', data_type: 'int', required: true }, { name: 's' }] };
    const misfits = (value: unknown) => checkSchema(structuredClone(webhookReceiver.outputSchema(parameters as never)), value).length;
    expect(misfits({ n: 1 })).toBe(0);
    expect(misfits({ n: 1, s: null })).toBe(0);
    for (const wrong of [{}, { n: '1' }, { n: 1, t: 2 }, null, []]) expect(misfits(wrong)).toBeGreaterThan(0);
    const routed = webhookReceiver.outputSchema({ ...parameters, on_timeout: 'route' } as never);
    expect(checkSchema(routed, null)).toEqual([]);
    expect(checkSchema(webhookReceiver.outputSchema({}), { any: ['thing'] })).toEqual([]);
  });

  test.each([
    { timeout: 'soon' },
    { timeout: '11000d' },
    { timeout: -1 },
    { on_timeout: 'x' },
    { fields: [{ id: 'a', data_type: 'enum' }] },
    { fields: [{ id: '__proto__' }] },
  ])('%j is refused as a value', async (parameters) => {
    expect(await run(parameters)).toMatchObject({ status: 'failed', error: { code: 'invalid_parameters', retryable: false } });
  });
});
