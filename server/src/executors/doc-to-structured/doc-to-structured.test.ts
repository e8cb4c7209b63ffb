import { afterAll, describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '#base';
import { createDocumentReader } from '#documents';
import { checkDefinition, checkSchema } from '#language';
import { type Model, ModelError, type Models } from '#models';
import { catalogue } from '../catalog.ts';
import type { ExecutorContext } from '../contract.ts';
import { BUCKET, contextOf, filesOf, log } from '../testing/executor-context.ts';
import { docToStructured } from './doc-to-structured.ts';

const documents = createDocumentReader({ log, cores: 1 });
afterAll(() => documents.close());

const TEXT =
  'Acme Widgets Inc.\n\nInvoice number: INV-77\nInvoice date: 14 March 2026\n\nNet total:  100.00\nVAT 20%:     20.00\nTotal:      120.00 GBP\n';
const files = filesOf({ 'a.txt': { bytes: Buffer.from(TEXT), contentType: 'text/plain', filename: 'a.txt' } });
const URI = `gs://${BUCKET}/a.txt`;
const fields = [
  { id: 'InvoiceID', title: 'Invoice ID', data_type: 'string', columns: [], instructions: '' },
  { id: 'total', data_type: 'money' },
  { id: 'date', data_type: 'date' },
  { id: 'iban', data_type: 'iban' },
];
const run = (parameters: object, context: Partial<ExecutorContext> = {}) =>
  docToStructured.run({ fields, ...parameters } as JsonObject, contextOf({ files, documents, ...context }));
const values = { InvoiceID: 'INV-77', total: 120, date: '2026-03-14', iban: null };

const pages = [
  {
    number: 1,
    width: 600,
    height: 800,
    text: TEXT,
    quality: 0.9,
    words: ['Total', '120.00'].map((text, i) => ({ text, box: [0.1 + i * 0.2, 0.1, 0.2 + i * 0.2, 0.12], confidence: 0.97 })),
  },
];

describe('doc_to_structured', () => {
  test('reads a file: values by field, evidence beside them, a summary', async () => {
    const outcome = await run({ document_url: URI, mime_type: 'text/plain' });
    expect(outcome).toMatchObject({
      status: 'completed',
      output: {
        ...values,
        _evidence: {
          total: { page: 1, box: expect.any(Array), reason: expect.stringContaining('add up') },
          iban: { confidence: 0, box: null, page: null },
        },
      },
      summary: { fields: 4, found: 3, model: 'local', confidence: expect.any(Number) },
    });
    if (outcome.status === 'completed')
      expect(checkSchema(docToStructured.outputSchema({ fields } as unknown as JsonObject), outcome.output)).toEqual([]);
  });

  test.each([
    ['the whole output of doc_to_text', { text: TEXT, language: 'en', pages }],
    ['its pages', pages],
  ])('reads %s without the file', async (_, document) => {
    expect(await run({ document })).toMatchObject({
      status: 'completed',
      output: { total: 120, _evidence: { total: { page: 1, box: [0.3, 0.1, 0.4, 0.12] } } },
    });
  });

  test('a bare text gives values that no threshold accepts; with the file beside it, the places are found', async () => {
    const bare = await run({ document: TEXT });
    expect(bare).toMatchObject({
      output: { ...values, _evidence: { total: { confidence: 0, page: null, box: null, text: '120.00 GBP' } } },
      summary: { confidence: 0 },
    });
    expect(await run({ document: TEXT, document_url: URI })).toMatchObject({ output: { _evidence: { total: { page: 1 } } } });
  });

  test('a text that looks like a template or a script stays text', async () => {
    const document = 'Invoice number: {{secrets.KEY}}-1\nCustomer: <script>alert(1)</script> Ltd';
    expect(await run({ document, fields: [{ id: 'customer' }, { id: 'iban', data_type: 'iban' }] })).toMatchObject({
      output: { customer: '<script>alert(1)</script> Ltd' },
    });
  });

  test('worker and model name the model; an unknown one falls to the default, and the summary says so', async () => {
    expect(await run({ document_url: URI, worker: 'gpt-4.1' })).toMatchObject({
      summary: { model: 'local', note: expect.stringContaining('gpt-4.1') },
    });
    expect(await run({ document_url: URI, model: 'gpt-4-vision' })).toMatchObject({
      summary: { note: expect.stringContaining('gpt-4-vision') },
    });
    const local = await run({ document_url: URI, worker: 'local' });
    expect(local.status === 'completed' && local.summary?.['note']).toBeUndefined();
  });

  test("an invoice's number as int: digits are a number, letters are none and say why", async () => {
    const asInt = [{ id: 'InvoiceID', title: 'Invoice ID', data_type: 'int', columns: [], instructions: '' }];
    expect(await run({ document_url: URI, fields: asInt })).toMatchObject({
      output: {
        InvoiceID: null,
        _evidence: { InvoiceID: { confidence: 0, text: 'INV-77', reason: expect.stringContaining('not a whole number') } },
      },
    });
    expect(await run({ document: 'Invoice number: 004817', fields: asInt })).toMatchObject({ output: { InvoiceID: 4817 } });
  });

  test('a table and an object keep their shape', async () => {
    const text = 'Description      Qty     Unit price     Amount\nChair              2          10.00      20.00\n\nTotal  20.00';
    const shaped = [
      {
        id: 'items',
        data_type: 'table',
        columns: [{ id: 'description' }, { id: 'quantity', data_type: 'float' }, { id: 'amount', data_type: 'money' }],
      },
      { id: 'sums', data_type: 'object', columns: [{ id: 'total', data_type: 'money' }] },
    ];
    const outcome = await run({ document: text, fields: shaped });
    expect(outcome).toMatchObject({
      output: {
        items: [{ description: 'Chair', quantity: 2, amount: 20 }],
        sums: { total: 20 },
        _evidence: { items: [{ amount: { confidence: 0 } }], sums: [{ total: { box: null } }] },
      },
    });
    if (outcome.status === 'completed')
      expect(checkSchema(docToStructured.outputSchema({ fields: shaped } as unknown as JsonObject), outcome.output)).toEqual([]);
  });

  test.each<[string, object]>([
    ['no document', {}],
    ['a document of another shape', { document: 7 }],
    ['no fields', { document: 'x', fields: [] }],
    ['an unknown type', { document: 'x', fields: [{ id: 'a', data_type: 'colour' }] }],
    ['an id twice', { document: 'x', fields: [{ id: 'a' }, { id: 'a' }] }],
    ['a reserved id', { document: 'x', fields: [{ id: '_evidence' }] }],
    ['an enum without values', { document: 'x', fields: [{ id: 'a', data_type: 'enum' }] }],
    ['a table without columns', { document: 'x', fields: [{ id: 'a', data_type: 'table' }] }],
    [
      'a table within a table',
      { document: 'x', fields: [{ id: 'a', data_type: 'list', fields: [{ id: 'b', data_type: 'table', columns: [{ id: 'c' }] }] }] },
    ],
    ['one document and several', { document: 'x', documents: ['y'] }],
    ['a document that is not there', { documents: [{ document: 'x', name: 'a' }], fields: [{ id: 'f', document: 'b' }] }],
    ['a place beyond the last document', { documents: [{ document: 'x' }], fields: [{ id: 'f', document: 1 }] }],
    ['another parameter', { document: 'x', schema: {} }],
  ])('%s is refused as a value', async (_, parameters) => {
    expect(await run(parameters)).toMatchObject({ status: 'failed', error: { code: 'invalid_parameters', retryable: false } });
  });

  test('failures of documents and models are outcomes with their code', async () => {
    const pdf = filesOf({ 'a.txt': { bytes: Buffer.from('%PDF-1.7 broken'), contentType: 'application/pdf' } });
    expect(await run({ document_url: URI }, { files: pdf })).toMatchObject({
      status: 'failed',
      error: { code: 'unreadable_document', retryable: false },
    });
    const refuse = async () => {
      throw new ModelError('model_rate_limited', 'asked too often', { retryable: true, retryAfterMs: 7000 });
    };
    const busy: Model = { name: 'busy', extract: refuse, classify: refuse };
    const models: Models = { resolve: () => ({ model: busy, note: undefined }), list: () => [] };
    expect(await run({ document: TEXT }, { models })).toEqual({
      status: 'failed',
      error: { code: 'model_rate_limited', message: 'asked too often', retryable: true },
      retryAfterMs: 7000,
    });
  });
});

describe('its output schema', () => {
  test('is nullable and closed, and open where the fields are not known yet', () => {
    const schema = docToStructured.outputSchema({ fields } as unknown as JsonObject);
    const ok = {
      ...values,
      _evidence: Object.fromEntries(fields.map(({ id }) => [id, { confidence: 0, page: null, box: null, text: null, reason: '' }])),
    };
    expect(checkSchema(schema, ok)).toEqual([]);
    expect(checkSchema(schema, { ...ok, total: '120' }).length).toBeGreaterThan(0);
    expect(checkSchema(schema, { ...ok, more: 1 }).length).toBeGreaterThan(0);
    expect(docToStructured.outputSchema({ fields: '{{form.fields}}' })).toMatchObject({ type: 'object' });
  });

  test("the original's flow is accepted as it is", () => {
    const receive = '8a0883ff-e0b9-4c27-8dfe-8af18c7d3ea4';
    const extract = 'd61f3643-52d9-4ff3-bee7-7a3e26ca013f';
    const task = (name: string, executor: string, parameters: Json) => ({
      name,
      task_executor_name: executor,
      task_title: executor,
      parameters,
      visual_properties: { position: { x: 0.5, y: 1 }, collapsed: false, zIndex: 0 },
    });
    const parameters = {
      worker: 'gpt-4.1',
      document_url: `{{${receive}.document_url}}`,
      fields: [{ id: 'InvoiceID', title: 'Invoice ID', data_type: 'int', columns: [], instructions: '' }],
    };
    const definition = {
      flow: { author_uuid: '', created_at: '' },
      flow_configs: [
        {
          config: { tasks: [task(receive, 'receive_file', {}), task(extract, 'doc_to_structured', parameters)], groups: [], notes: [] },
          meta: { name: 'n', description: 'd' },
        },
      ],
    };
    expect(checkDefinition(definition, catalogue)).toMatchObject({ plan: expect.anything() });
  });
});
