import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLog } from '#base';
import { createDocumentReader } from './create-document-reader.ts';
import type { DocumentReader } from './document.ts';
import { codeOf, parsersOf } from './testing/parser-processes.ts';
import * as samples from './testing/sample-documents.ts';

const log = createLog({ level: 'silent' });

interface Case {
  name: string;
  make(): Buffer | Promise<Buffer>;
  mimeType?: string;
  code: string;
}

const PDF = 'application/pdf';
const CASES: Case[] = [
  { name: 'an empty file', make: () => Buffer.alloc(0), mimeType: PDF, code: 'unreadable_document' },
  {
    name: 'JSON that poses as a PDF',
    make: () => Buffer.from('{"files": {"filepath": "/etc/passwd"}}'),
    mimeType: PDF,
    code: 'unreadable_document',
  },
  { name: 'a ZIP named as a PDF', make: samples.zipArchive, mimeType: PDF, code: 'unreadable_document' },
  { name: 'a ZIP', make: samples.zipArchive, code: 'unsupported_type' },
  {
    name: 'an encrypted PDF',
    make: () => samples.pdfOf(['secret'], { userPassword: 'sesame' }),
    mimeType: PDF,
    code: 'encrypted_document',
  },
  {
    name: 'half of a PDF',
    make: async () => (await samples.pdfOf(['one', 'two'])).subarray(0, 900),
    mimeType: PDF,
    code: 'unreadable_document',
  },
  { name: 'a page tree that loops', make: samples.pageTreeLoop, mimeType: PDF, code: 'unreadable_document' },
  { name: 'objects nested a hundred thousand deep', make: samples.deepNesting, mimeType: PDF, code: 'unreadable_document' },
  { name: 'three thousand pages', make: samples.manyPages, mimeType: PDF, code: 'too_many_pages' },
  { name: 'a page of three hundred metres', make: samples.hugePage, mimeType: PDF, code: 'too_many_pixels' },
  {
    name: 'a PNG that says 100,000 x 100,000',
    make: () => samples.pngHeader(100_000, 100_000),
    mimeType: 'image/png',
    code: 'too_many_pixels',
  },
  { name: 'a PNG without its pixels', make: () => samples.pngHeader(800, 600), mimeType: 'image/png', code: 'unreadable_document' },
];

describe('hostile documents', () => {
  let reader: DocumentReader;
  const loop = monitorEventLoopDelay({ resolution: 5 });

  beforeAll(() => {
    reader = createDocumentReader({ log, cores: 1 });
    loop.enable();
  });
  afterAll(async () => {
    await reader.close();
    expect(await parsersOf(process.pid)).toEqual([]);
  });

  for (const { name, make, mimeType, code } of CASES) {
    test(`${name}: ${code}, and the next document is read`, { timeout: 40_000 }, async () => {
      const bytes = await make();
      const startedAt = performance.now();
      expect(await codeOf(reader.read(bytes, { mimeType }))).toBe(code);
      expect(performance.now() - startedAt).toBeLessThan(10_000);
      const next = await reader.read(await samples.pdfOf(['The next document is read as if nothing had been before it, whole.']), {
        mimeType: PDF,
      });
      expect(next.text).toBe('The next document is read as if nothing had been before it, whole.');
    });
  }

  test('a lie about the number of pages changes nothing', async () => {
    const document = await reader.read(samples.lyingPageCount(), { mimeType: PDF });
    expect(document.pages.map((page) => page.text)).toEqual(['This is the only page of a document that claims to have a million']);
  });

  test('a scan of ten thousand megapixels ends within its limits', { timeout: 40_000 }, async () => {
    const startedAt = performance.now();
    const code = await codeOf(reader.read(samples.hugePictureInPdf(), { mimeType: PDF }));
    expect(['read', 'document_memory', 'unreadable_document', 'too_many_pixels']).toContain(code);
    expect(performance.now() - startedAt).toBeLessThan(15_000);
  });

  test('the event loop of this process was never held up by them', () => {
    expect(loop.percentile(99) / 1e6).toBeLessThan(100);
  });
});

test('a file over the limit is refused before any parser starts', async () => {
  const reader = createDocumentReader({ log, limits: { inputBytes: 1_000 } });
  expect(await codeOf(reader.read(Buffer.alloc(1_001), {}))).toBe('document_too_large');
  expect(await parsersOf(process.pid)).toEqual([]);
  await reader.close();
});
