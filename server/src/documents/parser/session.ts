import { DocumentError } from '../document-error.ts';
import { keepAreas } from '../ocr/keep-areas.ts';
import type { ScanReader } from '../ocr/scan-reader.ts';
import type { DocumentSource, ParserReply, ParserRequest } from './messages.ts';
import { type OpenDocument, openDocument } from './open-document.ts';
import type { PageScan } from './page-scan.ts';

export interface Session {
  /** Answers one request with its replies. Throws `DocumentError`; anything else is a bug or a trap of a parser. */
  answer(request: ParserRequest): Promise<void>;
}

/** Of a document's bytes, how many copies its parsers may hold: the bytes as they came, one for each library, and what is unpacked from them. */
const COPIES = 4;

/** One parser process's side of the conversation: the document at hand, its bytes as they arrive, the OCR engine once one was needed. `allowGrowth` says how much memory the next step may take. */
export function createSession(reply: (message: ParserReply) => void, allowGrowth: (bytes: number) => void): Session {
  let incoming: { source: DocumentSource; bytes: Uint8Array; received: number } | undefined;
  let document: OpenDocument | undefined;
  let scanReader: ScanReader | undefined;

  function receive(bytes: Uint8Array): void {
    if (incoming === undefined) throw new Error('a chunk came before its document');
    incoming.bytes.set(bytes, incoming.received);
    incoming.received += bytes.length;
  }

  /** Opened with the first request that needs it, so that a fault of the document is the answer to that request. */
  async function opened(): Promise<{ document: OpenDocument; source: DocumentSource }> {
    if (incoming === undefined || incoming.received !== incoming.source.sizeBytes) throw new Error('the document is not complete');
    document ??= await openDocument(incoming.bytes, incoming.source);
    return { document, source: incoming.source };
  }

  async function parse(): Promise<PageScan[]> {
    const { document, source } = await opened();
    let wordCount = 0;
    const scans = await document.parse((page) => {
      if (page.number > source.limits.textPages) throw tooManyPages(source.limits.textPages);
      wordCount += page.words.length;
      if (page.words.length > source.limits.pageWords) throw tooManyWords(source.limits.pageWords, 'A page of the document');
      if (wordCount > source.limits.words) throw tooManyWords(source.limits.words, 'The document');
      reply({ kind: 'page', page });
    });
    if (scans.some((each) => each.page > source.limits.textPages)) throw tooManyPages(source.limits.textPages);
    return scans;
  }

  async function scan({ page, areas }: PageScan): Promise<void> {
    allowGrowth(Number.POSITIVE_INFINITY);
    const { document, source } = await opened();
    scanReader ??= (await import('../ocr/scan-reader.ts')).createScanReader();
    const picture = await document.picture(page);
    reply({ kind: 'page', page: await scanReader.read(areas === undefined ? picture : keepAreas(picture, areas), page, source) });
  }

  async function answer(request: ParserRequest): Promise<void> {
    if (request.kind === 'open') {
      document?.close();
      document = undefined;
      allowGrowth(request.source.limits.textBytes + COPIES * request.source.sizeBytes);
      incoming = { source: request.source, bytes: new Uint8Array(request.source.sizeBytes), received: 0 };
    } else if (request.kind === 'chunk') receive(request.bytes);
    else if (request.kind === 'parse') reply({ kind: 'done', scans: await parse() });
    else {
      await scan(request.scan);
      reply({ kind: 'done', scans: [] });
    }
  }

  return { answer };
}

const tooManyWords = (limit: number, what: string) =>
  new DocumentError('document_memory', `${what} holds more than ${limit} words, which is more than a flow can carry; split it.`);

const tooManyPages = (limit: number) =>
  new DocumentError('too_many_pages', `The document has more than ${limit} pages, attachments included; split it.`);
