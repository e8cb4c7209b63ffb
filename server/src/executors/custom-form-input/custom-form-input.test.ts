import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#base';
import { checkSchema } from '#language';
import { BUCKET, contextOf, filesOf } from '../testing/executor-context.ts';
import { customFormInput } from './custom-form-input.ts';

const KEY = 'flows/f/documents/1';
const files = filesOf({
  [KEY]: { bytes: Buffer.from('hello'), contentType: 'text/plain', filename: 'a.txt', metadata: { from: 'upload' } },
});
const run = (parameters: object, input: object) =>
  customFormInput.run(parameters as JsonObject, contextOf({ files, flowInput: input as JsonObject }));
const schemaOf = (parameters: object) => customFormInput.inputSchema?.(parameters as JsonObject) ?? {};

const fields = [
  { id: 'customer', data_type: 'string', required: true },
  { name: 'amount', data_type: 'money' },
  { id: 'priority', data_type: 'enum', options: ['low', 'high'], default: 'low', required: true },
  { id: 'due', data_type: 'date' },
  {
    id: 'lines',
    data_type: 'table',
    columns: [
      { id: 'text', required: true },
      { id: 'count', data_type: 'int' },
    ],
  },
];

describe('custom_form_input', () => {
  test('without parameters takes what the original takes, and anything besides', async () => {
    const input = { filename: 'b.pdf', mime_type: 'application/pdf', document_url: `gs://${BUCKET}/${KEY}`, metadata: { a: 1 }, other: 2 };
    expect(checkSchema(customFormInput.flowInputSchema ?? {}, input)).toEqual([]);
    const outcome = await run({}, input);
    expect(outcome).toMatchObject({ status: 'completed' });
    const { other, ...rest } = input;
    if (outcome.status === 'completed') expect(outcome.output).toEqual(rest);
  });

  test('needs no document, and takes what is left out from the file where there is one', async () => {
    const nothing = { filename: null, mime_type: null, document_url: null, metadata: {} };
    expect(await run({}, {})).toMatchObject({ status: 'completed', output: nothing });
    expect(await run({}, { file_key: KEY })).toMatchObject({
      output: { filename: 'a.txt', mime_type: 'text/plain', document_url: `gs://${BUCKET}/${KEY}`, metadata: { from: 'upload' } },
    });
    expect(await run({}, { file_key: 'none' })).toMatchObject({ status: 'failed', error: { code: 'not_found', retryable: false } });
    expect(await run({ document: 'required' }, {})).toMatchObject({ status: 'failed', error: { code: 'invalid_input' } });
    expect(await run({ document: 'none' }, { file_key: KEY })).toMatchObject({ output: { document_url: null } });
  });

  test('gives every field of the form: what was sent, its default, or null', async () => {
    const lines = [{ text: 'a', count: 2 }, { text: 'b' }];
    const outcome = await run({ fields }, { customer: 'Ada', lines, due: null });
    expect(outcome).toMatchObject({ output: { customer: 'Ada', amount: null, priority: 'low', due: null, lines } });
    if (outcome.status === 'completed') {
      expect(checkSchema(customFormInput.outputSchema({ fields } as never), outcome.output)).toEqual([]);
    }
  });

  test.each([
    {},
    { customer: 'Ada', amount: '12' },
    { customer: 'Ada', priority: 'urgent' },
    { customer: 'Ada', due: '2026-02-30' },
    { customer: 'Ada', lines: [{ count: 1 }] },
    { customer: 'Ada', lines: [{ text: 'a', count: 1.5 }] },
    { customer: 'Ada', custommer: 'Eve' },
    { customer: null },
  ] as JsonObject[])('%j does not fit the form: before the run, and in it', async (input) => {
    expect(checkSchema(schemaOf({ fields }), input)).not.toEqual([]);
    expect(await run({ fields }, input)).toMatchObject({ status: 'failed', error: { code: 'invalid_input', retryable: false } });
  });

  test.each([
    [[{ id: 'a' }, { name: 'a' }], "fields.1.id: 'a' is there twice"],
    [[{ id: 'a', data_type: 'enum' }], 'fields.0.options: an enum needs its options'],
    [[{ id: 'a', data_type: 'table' }], 'fields.0.columns: a field of type table needs its columns'],
    [[{ id: 'a', data_type: 'int', default: 'x' }], 'fields.0.default: it is no int'],
    [[{ id: 'a', data_type: 'enum', options: ['x'], default: 'y' }], 'fields.0.default: it is no enum'],
    [[{ title: 'no id' }], 'fields: each field needs an id'],
    [[{ id: 'a', data_type: 'object', columns: [{ id: 'b' }, { id: 'b' }] }], "fields.0.columns.1.id: 'b' is there twice"],
  ])('the form %j is wrong: %s', async (wrong, message) => {
    expect(await run({ fields: wrong }, {})).toMatchObject({ status: 'failed', error: { code: 'invalid_parameters', message } });
  });

  test.each(['__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'document_url', 'metadata'])(
    '%s is no name for a field',
    async (id) => {
      const parameters = { fields: [{ id }] };
      expect(checkSchema(customFormInput.parametersSchema, parameters)).not.toEqual([]);
      expect(await run(parameters, {})).toMatchObject({ error: { code: 'invalid_parameters' } });
      expect(() => checkSchema(schemaOf(parameters), {})).not.toThrow();
    },
  );
});
