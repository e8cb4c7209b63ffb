import type { DocumentType } from '../detect-type.ts';
import type { Page } from '../document.ts';
import type { DocumentSource } from './messages.ts';

/** A page as a picture, upright as a viewer shows it. */
export interface PagePicture {
  /** 8 bits a pixel, white 255, row by row. */
  grey: Uint8Array;
  width: number;
  height: number;
  /** The page's own size: points for PDF, pixels for a picture. */
  pageWidth: number;
  pageHeight: number;
}

/** A document under one of the parsers. */
export interface OpenDocument {
  /** Reads what has text of its own, page by page; answers the numbers of the pages that OCR must read. */
  parse(emit: (page: Page) => void): Promise<number[]>;
  /** One page as a picture, for OCR. Throws `too_many_pixels`, `unreadable_document`. */
  picture(page: number): Promise<PagePicture>;
  close(): void;
}

/** Each parser is loaded when the first document of its type comes: a process that reads text files needs no PDF. */
const PARSERS: Record<DocumentType, (bytes: Uint8Array, source: DocumentSource) => Promise<OpenDocument>> = {
  pdf: async (bytes, source) => (await import('../pdf/open-pdf.ts')).openPdf(bytes, source),
  picture: async (bytes, source) => (await import('../picture/open-picture.ts')).openPicture(bytes, source),
  text: async (bytes) => (await import('../plain-text/open-text.ts')).openText(bytes),
};

/** Opens a document with the parser of its type. Throws `DocumentError`. */
export const openDocument = (bytes: Uint8Array, source: DocumentSource): Promise<OpenDocument> => PARSERS[source.type](bytes, source);
