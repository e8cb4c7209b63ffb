import type { DocumentType } from '../detect-type.ts';
import type { Page } from '../document.ts';
import type { DocumentSource } from './messages.ts';
import type { PageScan } from './page-scan.ts';

/** A page as a picture, upright as a viewer shows it. */
export interface PagePicture {
  /** 8 bits a pixel, white 255, row by row. */
  grey: Uint8Array;
  width: number;
  height: number;
  /** The page's own size: points for PDF, pixels for a picture. */
  pageWidth: number;
  pageHeight: number;
  /** Of the page only some areas are there, which may hold no text at all: one reading is enough. */
  isPart?: boolean;
}

/** A document under one of the parsers. */
export interface OpenDocument {
  /** Reads what has text of its own, page by page; answers the pages that OCR must read. */
  parse(emit: (page: Page) => void): Promise<PageScan[]>;
  /** One page as a picture, for OCR. Throws `too_many_pixels`, `unreadable_document`. */
  picture(page: number): Promise<PagePicture>;
  close(): void;
}

type Open = (bytes: Uint8Array, source: DocumentSource) => Promise<OpenDocument>;

const openOffice: Open = async (bytes, source) => (await import('../office/open-office.ts')).openOffice(bytes, source);

/** Each parser is loaded when the first document of its type comes: a process that reads text files needs no PDF. */
const PARSERS: Record<DocumentType, Open> = {
  pdf: async (bytes, source) => (await import('../pdf/open-pdf.ts')).openPdf(bytes, source),
  picture: async (bytes, source) => (await import('../picture/open-picture.ts')).openPicture(bytes, source),
  text: async (bytes) => (await import('../plain-text/open-text.ts')).openText(bytes),
  csv: async (bytes, source) => (await import('../csv/open-csv.ts')).openCsv(bytes, source),
  html: async (bytes) => (await import('../html/open-html.ts')).openHtml(bytes),
  mail: async (bytes, source) => (await import('../mail/open-mail.ts')).openMail(bytes, source, openDocument),
  docx: openOffice,
  xlsx: openOffice,
  archive: openOffice,
};

/** Opens a document with the parser of its type. Throws `DocumentError`. */
export function openDocument(bytes: Uint8Array, source: DocumentSource): Promise<OpenDocument> {
  return PARSERS[source.type](bytes, source);
}
