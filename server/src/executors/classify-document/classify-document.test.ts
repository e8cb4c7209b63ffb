import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#base';
import { checkSchema } from '#language';
import { type Classification, ModelError, type Models } from '#models';
import { contextOf, filesOf } from '../testing/executor-context.ts';
import { classifyDocument } from './classify-document.ts';

const INVOICE = 'Brightwater Ltd.\nINVOICE\nInvoice number: INV-17\nBill to: Quillby Press\nAmount due 120.50 GBP\nPayment terms: 30 days';
const run = (parameters: object, more: object = {}) => classifyDocument.run(parameters as JsonObject, contextOf(more));

/** A model that answers what it is told. */
const answering = (found: Partial<Classification>): { models: Models } => {
  const whole = { best: 0, confidence: 0.6, scores: [0.6, 0.3], reason: 'because', evidence: [], model: 'test', ...found };
  const model = { name: 'test', extract: () => Promise.reject(new Error('not asked')), classify: async () => whole };
  return { models: { resolve: () => ({ model, note: undefined }), list: () => [] } };
};

describe('classify_document', () => {
  test('gives the class, how sure it is, and why; its route is the class', async () => {
    const parameters = { text: INVOICE, classes: ['invoice', { name: 'letter', description: 'What people write' }] };
    const outcome = await run(parameters);
    expect(outcome).toMatchObject({
      status: 'completed',
      routes: ['invoice'],
      output: { class: 'invoice', reason: expect.stringContaining("'invoice number'"), scores: { invoice: expect.any(Number) } },
      summary: { class: 'invoice', model: 'local' },
    });
    if (outcome.status !== 'completed') return;
    expect(checkSchema(structuredClone(classifyDocument.outputSchema(parameters as never)), outcome.output)).toEqual([]);
    expect((outcome.output as JsonObject)['confidence']).toBeGreaterThan(0.8);
  });

  test('below the threshold it is unknown, unless something must be said', async () => {
    const classes = ['a', 'b'];
    expect(await run({ text: 'x', classes, threshold: 0.7 }, answering({}))).toMatchObject({
      routes: ['unknown'],
      output: { class: 'unknown', confidence: 0.4, scores: { a: 0.6, b: 0.3 } },
    });
    expect(await run({ text: 'x', classes, threshold: 0.7, allow_unknown: false }, answering({}))).toMatchObject({
      routes: ['a'],
      output: { class: 'a', confidence: 0.6 },
    });
    expect(await run({ text: 'x', classes }, answering({}))).toMatchObject({ output: { class: 'a' } });
  });

  test('two classes of one name are one class', async () => {
    const parameters = { text: 'x', classes: ['a', { name: 'a', keywords: ['y'] }], threshold: 0.85 };
    expect(classifyDocument.routes?.(parameters as never)).toEqual(['a', 'unknown']);
    expect(await run(parameters, answering({}))).toMatchObject({ output: { class: 'a', confidence: 0.9, scores: { a: 0.9 } } });
  });

  test('takes what was read before, or reads the file', async () => {
    const words = INVOICE.split(/\s+/).map((text, i) => ({ text, box: [0, i / 100, 0.5, (i + 1) / 100], confidence: 1 }));
    const read = { text: INVOICE, language: 'en', pages: [{ number: 1, width: 600, height: 800, text: INVOICE, quality: 1, words }] };
    const box = [0, expect.any(Number), 0.5, expect.any(Number)];
    expect(await run({ document: read, classes: ['invoice'] })).toMatchObject({
      output: { evidence: expect.arrayContaining([{ text: 'Amount due', page: 1, box }]) },
    });
    const files = filesOf({ 'a.txt': { bytes: Buffer.from(INVOICE), contentType: 'text/plain' } });
    const documents = { read: async () => ({ ...read, pages: [] }) as never, close: async () => undefined };
    expect(await run({ document_url: 'gs://flow-test/a.txt', classes: ['invoice'] }, { files, documents })).toMatchObject({
      output: { class: 'invoice' },
    });
  });

  test('failures of models are outcomes with their code', async () => {
    const refuse = async () => {
      throw new ModelError('model_rate_limited', 'asked too often', { retryable: true, retryAfterMs: 7000 });
    };
    const models: Models = {
      resolve: () => ({ model: { name: 'busy', extract: refuse, classify: refuse }, note: undefined }),
      list: () => [],
    };
    expect(await run({ text: 'x', classes: ['a'] }, { models })).toMatchObject({
      status: 'failed',
      error: { code: 'model_rate_limited', retryable: true },
      retryAfterMs: 7000,
    });
  });

  test.each([
    {},
    { text: 'x' },
    { text: 'x', classes: [] },
    { classes: ['a'] },
    { text: 'x', classes: ['__proto__'] },
    { text: 'x', classes: [{ name: '__proto__' }] },
    { text: 'x', classes: ['a'], threshold: 2 },
    { document: { pages: 'no' }, classes: ['a'] },
  ])('%j is refused as a value', async (parameters) => {
    expect(await run(parameters)).toMatchObject({ status: 'failed', error: { code: 'invalid_parameters', retryable: false } });
  });
});
