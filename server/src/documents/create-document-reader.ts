import { availableParallelism } from 'node:os';
import type { Log } from '#base';
import { detectLanguage } from './detect-language.ts';
import { detectType } from './detect-type.ts';
import type { Document, DocumentReader, Page, ReadOptions } from './document.ts';
import { DocumentError } from './document-error.ts';
import { DEFAULT_LIMITS, type DocumentLimits } from './limits.ts';
import type { PageScan } from './parser/page-scan.ts';
import { createParserPool } from './parser/parser-pool.ts';
import type { Consignment } from './parser/parser-process.ts';
import { chooseScans, joinScan } from './scanned-pages.ts';

/** What OCR expects where nobody says: most documents of the platform's first users. */
const DEFAULT_LANGUAGES = ['en', 'de'];

/** Of a document's time, for pictures on pages that have text: a brochure of photos must not fail for want of time. */
const OPTIONAL_SHARE = 0.3;

export interface DocumentReaderOptions {
  log: Log;
  /** Parser processes at once; default one a core. */
  cores?: number;
  limits?: Partial<DocumentLimits>;
}

/**
 * Reads documents in parser processes, one a core, started when the first document comes. `close()` resolves when none of them lives;
 * what is being read then fails with `document_timeout`, which may be tried again.
 * A process that a document has broken is replaced; the next document never meets it.
 */
export function createDocumentReader(options: DocumentReaderOptions): DocumentReader {
  const limits: DocumentLimits = { ...DEFAULT_LIMITS, ...options.limits };
  const cores = options.cores ?? availableParallelism();
  const pool = createParserPool(cores, limits);
  const closing = new AbortController();
  let documentCount = 0;

  function consign(bytes: Buffer, readOptions: ReadOptions): Consignment {
    if (bytes.length > limits.inputBytes) throw tooLarge(bytes.length, limits.inputBytes);
    const source = {
      type: detectType(bytes, readOptions),
      sizeBytes: bytes.length,
      password: readOptions.password,
      languages: readOptions.languages ?? DEFAULT_LANGUAGES,
      limits,
    };
    return { id: ++documentCount, bytes, source };
  }

  /** The pages with text of their own, by number, and the numbers of those that OCR must read. */
  function parse(document: Consignment, pages: Map<number, Page>, signal: AbortSignal): Promise<PageScan[]> {
    const onPage = (page: Page): void => void pages.set(page.number, page);
    return pool.use(signal, (process) => process.ask(document, { kind: 'parse' }, { signal, silenceMs: limits.stepTimeoutMs, onPage }));
  }

  /** As many processes as there are take pages from one list, so that a long scan is read by all cores. */
  async function scan(document: Consignment, scans: PageScan[], pages: Map<number, Page>, signal: AbortSignal): Promise<void> {
    const left = [...scans];
    const optionalUntil = performance.now() + limits.documentTimeoutMs * OPTIONAL_SHARE;
    await runTogether(Math.min(cores, left.length), signal, (groupSignal) =>
      pool.use(groupSignal, async (process) => {
        for (let next = left.shift(); next !== undefined; next = left.shift()) {
          const asked = next;
          if (asked.areas !== undefined && performance.now() > optionalUntil) continue;
          const onPage = (page: Page): void => void pages.set(page.number, joinScan(pages.get(page.number), page, asked));
          await process.ask(document, { kind: 'scan', scan: asked }, { signal: groupSignal, silenceMs: limits.ocrPageTimeoutMs, onPage });
        }
      }),
    );
  }

  async function readPages(document: Consignment, signal: AbortSignal): Promise<Page[]> {
    const pages = new Map<number, Page>();
    const scans = await parse(document, pages, signal);
    await scan(document, chooseScans(scans, pages, limits.ocrPages), pages, signal);
    return [...pages.values()].sort((a, b) => a.number - b.number);
  }

  async function read(bytes: Buffer, readOptions: ReadOptions): Promise<Document> {
    const document = consign(bytes, readOptions);
    const startedAt = performance.now();
    try {
      const pages = await withDeadline(limits.documentTimeoutMs, [readOptions.signal, closing.signal], (signal) =>
        readPages(document, signal),
      );
      const text = pages.map((page) => page.text).join('\n\n');
      return { text, language: await detectLanguage(text), pages };
    } catch (error) {
      if (error instanceof DocumentError) logRefusal(options.log, document, error, performance.now() - startedAt);
      throw error;
    }
  }

  return {
    read,
    async close() {
      closing.abort(new DocumentError('document_timeout', 'The server stopped before the document was read; it can be read again.'));
      await pool.close();
    },
  };
}

/** Runs `count` of the same at once; the first failure stops the others, and is thrown when they have stopped. */
async function runTogether(count: number, signal: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const failure = new AbortController();
  const groupSignal = AbortSignal.any([signal, failure.signal]);
  const all = Array.from({ length: count }, () =>
    work(groupSignal).catch((error: unknown) => {
      failure.abort(error);
      throw error;
    }),
  );
  await Promise.allSettled(all);
  if (failure.signal.aborted) throw failure.signal.reason;
}

/** Runs `work` until it is done, its time is over, or one of the signals aborts. */
async function withDeadline<T>(
  timeoutMs: number,
  signals: (AbortSignal | undefined)[],
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(documentTimeout(timeoutMs)), timeoutMs);
  try {
    return await work(AbortSignal.any([deadline.signal, ...signals.filter((signal) => signal !== undefined)]));
  } finally {
    clearTimeout(timer);
  }
}

const logRefusal = (log: Log, document: Consignment, error: DocumentError, elapsedMs: number): void =>
  log.warn(
    {
      code: error.code,
      type: document.source.type,
      sizeBytes: document.bytes.length,
      elapsedMs: Math.round(elapsedMs),
      cause: error.cause,
    },
    'document refused',
  );

const tooLarge = (sizeBytes: number, limit: number) =>
  new DocumentError(
    'document_too_large',
    `The file has ${megabytes(sizeBytes)} MB; at most ${megabytes(limit)} MB are read. Split it or scan it at a lower resolution.`,
  );

const documentTimeout = (timeoutMs: number) =>
  new DocumentError('document_timeout', `Reading the document took more than ${timeoutMs / 1000} s and was stopped; split it.`);

const megabytes = (bytes: number): number => Math.round(bytes / 1024 / 102.4) / 10;
