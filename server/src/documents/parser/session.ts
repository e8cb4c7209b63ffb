import { DocumentError } from '../document-error.ts';
import type { ScanReader } from '../ocr/scan-reader.ts';
import type { DocumentSource, ParserReply, ParserRequest } from './messages.ts';
import { type OpenDocument, openDocument } from './open-document.ts';

export interface Session {
  /** Answers one request with its replies. Throws `DocumentError`; anything else is a bug or a trap of a parser. */
  answer(request: ParserRequest): Promise<void>;
}

/** One parser process's side of the conversation: the document at hand, its bytes as they arrive, the OCR engine once one was needed. */
export function createSession(reply: (message: ParserReply) => void): Session {
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

  async function parse(): Promise<number[]> {
    const { document, source } = await opened();
    let wordCount = 0;
    return document.parse((page) => {
      wordCount += page.words.length;
      if (page.words.length > source.limits.pageWords) throw tooManyWords(source.limits.pageWords, 'A page of the document');
      if (wordCount > source.limits.words) throw tooManyWords(source.limits.words, 'The document');
      reply({ kind: 'page', page });
    });
  }

  async function scan(page: number): Promise<void> {
    const { document, source } = await opened();
    scanReader ??= (await import('../ocr/scan-reader.ts')).createScanReader();
    reply({ kind: 'page', page: await scanReader.read(await document.picture(page), page, source) });
  }

  async function answer(request: ParserRequest): Promise<void> {
    if (request.kind === 'open') {
      document?.close();
      document = undefined;
      incoming = { source: request.source, bytes: new Uint8Array(request.source.sizeBytes), received: 0 };
    } else if (request.kind === 'chunk') receive(request.bytes);
    else if (request.kind === 'parse') reply({ kind: 'done', scans: await parse() });
    else {
      await scan(request.page);
      reply({ kind: 'done', scans: [] });
    }
  }

  return { answer };
}

const tooManyWords = (limit: number, what: string) =>
  new DocumentError('document_memory', `${what} holds more than ${limit} words, which is more than a flow can carry; split it.`);
