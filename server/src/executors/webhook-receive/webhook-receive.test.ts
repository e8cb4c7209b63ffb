import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#base';
import { checkSchema } from '#language';
import { contextOf } from '../testing/executor-context.ts';
import { webhookReceive } from './webhook-receive.ts';

const run = (parameters: object, flowInput: JsonObject) => webhookReceive.run(parameters as JsonObject, contextOf({ flowInput }));

describe('webhook_receive', () => {
  test('hands on exactly what was sent', async () => {
    const sent = { number: 'A-17', lines: [{ a: null }] };
    expect(await run({}, sent)).toMatchObject({ status: 'completed', output: sent });
    expect(await run({ fields: [{ id: 'a', default: 'x' }] }, {})).toMatchObject({ status: 'completed', output: {} });
  });

  test('takes nothing but its fields, where there are any', async () => {
    const parameters = {
      fields: [
        { id: 'number', required: true },
        { id: 'quantity', data_type: 'int' },
      ],
    };
    const schema = webhookReceive.inputSchema?.(parameters as never) ?? {};
    expect(checkSchema(schema, { number: 'A', quantity: 2 })).toEqual([]);
    for (const wrong of [{}, { number: 5 }, { number: 'A', quantity: 'two' }, { number: 'A', other: 1 }] as JsonObject[]) {
      expect(checkSchema(schema, wrong)).not.toEqual([]);
      expect(await run(parameters, wrong)).toMatchObject({ status: 'failed', error: { code: 'invalid_input', retryable: false } });
    }
  });

  test('fields that contradict each other are refused as a value', async () => {
    expect(await run({ fields: [{ id: 'a' }, { id: 'a' }] }, {})).toMatchObject({ error: { code: 'invalid_parameters' } });
  });
});
