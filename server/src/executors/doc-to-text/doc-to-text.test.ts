import { readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '#base';
import { createDocumentReader } from '#documents';
import type { ExecutorContext, Outcome } from '../contract.ts';
import { BUCKET, contextOf, filesOf, log } from '../testing/executor-context.ts';
import { docToText } from './doc-to-text.ts';

const documents = createDocumentReader({ log, cores: 1 });
afterAll(() => documents.close());

const fixture = (name: string): Promise<Buffer> => readFile(new URL(`./fixtures/${name}`, import.meta.url));
const invoice = (): Promise<Buffer> => readFile(new URL('../../../../examples/invoice/northwind-invoice.pdf', import.meta.url));

async function run(
  bytes: Buffer,
  contentType: string,
  parameters: JsonObject = {},
  given: Partial<ExecutorContext> = {},
): Promise<Outcome> {
  const files = filesOf({ 'a-document': { bytes, contentType, filename: 'a-document' } });
  return docToText.run({ document_url: `gs://${BUCKET}/a-document`, ...parameters }, contextOf({ files, documents, ...given }));
}

function outputOf(outcome: Outcome): JsonObject {
  if (outcome.status !== 'completed') throw new Error(`not completed: ${JSON.stringify(outcome)}`);
  return outcome.output as JsonObject;
}

describe('doc_to_text', () => {
  test('answers what its schema says, and nothing else', async () => {
    const outcome = await run(await invoice(), 'application/pdf', { mime_type: 'application/pdf', languages: ['en'] });
    const validate = new Ajv2020({ strict: false }).compile(docToText.outputSchema({}));
    expect(validate(outputOf(outcome)), JSON.stringify(validate.errors)).toBe(true);
    expect(outcome).toMatchObject({
      summary: { pages: 2, word_count: 497, ocr_pages: 0, quality: 1 },
      output: { language: 'en', pages: [{ number: 1 }, { number: 2 }] },
    });
    expect(outputOf(outcome)['text']).toContain('Total due (GBP) £ 4,216.26');
  });

  test('tables come with their page, where the format has them', async () => {
    const outcome = await run(Buffer.from('Item;Qty\nChair;2\n'), 'text/csv');
    const validate = new Ajv2020({ strict: false }).compile(docToText.outputSchema({}));
    expect(validate(outputOf(outcome)), JSON.stringify(validate.errors)).toBe(true);
    const rows = [
      [{ text: 'Item' }, { text: 'Qty', box: [0.72727, 0, 1, 0.5] }],
      [{ text: 'Chair' }, { text: '2' }],
    ];
    expect(outcome).toMatchObject({
      output: { pages: [{ number: 1, width: 11, height: 2, text: 'Item\tQty\nChair\t2', tables: [{ rows, continues: false }] }] },
    });
  });

  test('a template in a document is text', async () => {
    const text = outputOf(await run(await fixture('letter.txt'), 'text/plain'))['text'];
    expect(text).toContain("your reference {{ secrets.API_KEY }} and {% include '/etc/passwd' %} reached us.");
  });

  test('a worker of another name is not used, and the summary says so', async () => {
    const bytes = await fixture('letter.txt');
    expect(await run(bytes, 'text/plain', { worker: 'gpt-4.1' })).toMatchObject({
      status: 'completed',
      summary: { note: "doc_to_text reads text on this server; the worker 'gpt-4.1' was not used." },
    });
    const local = await run(bytes, 'text/plain', { worker: 'local' });
    expect(local.status === 'completed' && local.summary?.['note']).toBe(undefined);
  });

  test.each([
    ['a document that is none', Buffer.from('{}'), 'application/pdf', 'unreadable_document'],
    ['a type that is not read', Buffer.from('PK\x03\x04', 'latin1'), 'application/zip', 'unsupported_type'],
  ])('%s fails for good, with its code', async (_name, bytes, type, code) => {
    expect(await run(bytes, type)).toMatchObject({ status: 'failed', error: { code, retryable: false, message: expect.any(String) } });
  });

  test('a document that took too long may be tried again', async () => {
    const slow = createDocumentReader({ log, cores: 1, limits: { documentTimeoutMs: 1 } });
    expect(await run(await invoice(), 'application/pdf', {}, { documents: slow })).toMatchObject({
      status: 'failed',
      error: { code: 'document_timeout', retryable: true },
    });
    await slow.close();
  });

  test('a file that is not there, a parameter that is wrong, a run that was stopped', async () => {
    expect(await docToText.run({ document_url: `gs://${BUCKET}/none` }, contextOf({ documents }))).toMatchObject({
      status: 'failed',
      error: { code: 'not_found' },
    });
    expect(await run(Buffer.from('x'), 'text/plain', { languages: ['tlh'] })).toMatchObject({
      status: 'failed',
      error: { code: 'invalid_parameters' },
    });
    expect(await run(Buffer.from('x'), 'text/plain', {}, { signal: AbortSignal.abort() })).toMatchObject({
      status: 'failed',
      error: { code: 'aborted' },
    });
  });

  test('a file over the limit is refused before it is read', async () => {
    const files = filesOf({});
    const read = files.read;
    let wasRead = false;
    const huge = {
      ...files,
      describe: async (uri: string) => ({
        uri,
        filename: null,
        contentType: 'application/pdf',
        sizeBytes: 200 * 1024 * 1024,
        metadata: {},
      }),
      read: (uri: string) => {
        wasRead = true;
        return read(uri);
      },
    };
    expect(await run(Buffer.alloc(0), 'application/pdf', {}, { files: huge })).toMatchObject({
      status: 'failed',
      error: { code: 'document_too_large' },
    });
    expect(wasRead).toBe(false);
  });
});
