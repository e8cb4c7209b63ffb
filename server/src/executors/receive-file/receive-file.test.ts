import { describe, expect, test } from 'vitest';
import { checkSchema } from '#language';
import { BUCKET, contextOf, filesOf } from '../testing/executor-context.ts';
import { receiveFile } from './receive-file.ts';

const KEY = 'flows/f1/documents/0199';
const files = filesOf({
  [KEY]: { bytes: Buffer.from('hello'), contentType: 'application/pdf', filename: 'invoice.pdf', metadata: { source: 'upload' } },
  'documents/report.pdf': { bytes: Buffer.from('x'), contentType: 'application/pdf' },
});
const run = (input: Record<string, never> | object) => receiveFile.run({}, contextOf({ input: input as never, files }));

describe('receive_file', () => {
  test.each([
    ['the key alone', { file_key: KEY }],
    ['the URI alone', { document_url: `gs://${BUCKET}/${KEY}` }],
    ['both', { file_key: KEY, document_url: `gs://${BUCKET}/${KEY}` }],
  ])('%s is enough: the rest is filled in from the store', async (_, input) => {
    expect(await run(input)).toEqual({
      status: 'completed',
      output: {
        document_url: `gs://${BUCKET}/${KEY}`,
        file_key: KEY,
        filename: 'invoice.pdf',
        mime_type: 'application/pdf',
        size_bytes: 5,
        metadata: { source: 'upload' },
      },
      summary: { filename: 'invoice.pdf', size_bytes: 5 },
    });
  });

  test('what the caller says of the file comes first', async () => {
    const outcome = await run({
      file_key: KEY,
      filename: 'mine.pdf',
      mime_type: 'image/png',
      metadata: { priority: 'high' },
      options: { language: 'en' },
    });
    expect(outcome).toMatchObject({ output: { filename: 'mine.pdf', mime_type: 'image/png', metadata: { priority: 'high' } } });
  });

  test('two different files, an unknown file and no file fail with what to do', async () => {
    expect(await run({ file_key: 'documents/report.pdf', document_url: `gs://${BUCKET}/${KEY}` })).toMatchObject({
      status: 'failed',
      error: { code: 'invalid_input', retryable: false },
    });
    expect(await run({ file_key: 'flows/f1/documents/none' })).toMatchObject({
      status: 'failed',
      error: { code: 'not_found', message: expect.stringContaining('upload it first') },
    });
    expect(await run({})).toMatchObject({ status: 'failed', error: { code: 'invalid_input' } });
  });

  test('the input schema takes what clients of the original send, and nothing without a file', () => {
    const schema = receiveFile.flowInputSchema ?? {};
    const faults = (input: object) => checkSchema(schema, input).length;
    expect(faults({ file_key: 'documents/report.pdf', options: { language: 'en' } })).toBe(0);
    expect(faults({ document_url: 'gs://bucket/file.csv' })).toBe(0);
    expect(faults({ document_url: 'gs://b/f', mime_type: 'application/pdf', filename: 'a.pdf' })).toBe(0);
    expect(faults({ filename: 'a.pdf' })).toBeGreaterThan(0);
    expect(faults({ file_key: 7 })).toBeGreaterThan(0);
    expect(faults({ file_key: 'a', metadata: 'text' })).toBeGreaterThan(0);
  });
});
