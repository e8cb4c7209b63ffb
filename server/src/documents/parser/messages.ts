import type { DocumentType } from '../detect-type.ts';
import type { Page } from '../document.ts';
import type { DocumentErrorCode } from '../document-error.ts';
import type { DocumentLimits } from '../limits.ts';
import type { PageScan } from './page-scan.ts';

/** What a parser process must know of a document beside its bytes. */
export interface DocumentSource {
  type: DocumentType;
  sizeBytes: number;
  password: string | undefined;
  /** ISO 639-1. */
  languages: string[];
  /** How many messages it is attached within; absent: none. */
  depth?: number;
  limits: DocumentLimits;
}

/** From the platform to a parser process. One request is under way at a time; `chunk` has no reply. */
export type ParserRequest =
  | { kind: 'open'; source: DocumentSource }
  | { kind: 'chunk'; bytes: Buffer }
  /** Reads every page that has text of its own; answers `page` for each, then `done` with those that need OCR. */
  | { kind: 'parse' }
  /** Reads one page, or areas of it, by OCR; answers `page`, then `done`. */
  | { kind: 'scan'; scan: PageScan };

/** From a parser process. Pages travel one by one, so that no message is large enough to hold up the platform's event loop. */
export type ParserReply =
  | { kind: 'ready' }
  | { kind: 'page'; page: Page }
  | { kind: 'done'; scans: PageScan[] }
  | { kind: 'failed'; code: DocumentErrorCode; message: string }
  /** A bug or a trap: the process is not to be used again. */
  | { kind: 'broken'; message: string };
