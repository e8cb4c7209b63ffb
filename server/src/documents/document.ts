/** [x0, y0, x1, y1] in 0..1 of the page, origin top left. */
export type Box = [number, number, number, number];

export interface Word {
  text: string;
  box: Box;
  /** 0..1: 1 for a text layer, the engine's own word confidence for OCR. */
  confidence: number;
}

/** A table that the format itself knows: of a sheet, a CSV file, a Word or HTML document. On a PDF or a scan, tables are what the words look like. */
export interface Table {
  /** Every row with as many cells as the widest has; a cell over several columns or rows stands in the first of them. */
  rows: TableCell[][];
  /** Whether it goes on from the page before. */
  continues: boolean;
}

export interface TableCell {
  /** Empty where the cell is. */
  text: string;
  box: Box;
}

export interface Page {
  /** From 1. */
  number: number;
  /** Of the sheet, or of the attachment or picture that the page comes from. */
  title?: string;
  /** Points (1/72 inch) for PDF, pixels for pictures; characters and lines for what has no pages of its own (sheets, text, mail, HTML, Word). */
  width: number;
  height: number;
  text: string;
  /** 0..1: how far the words can be trusted; below 0.6 a person should look. */
  quality: number;
  /** How its words were had; `mixed`: a text layer, and OCR of the pictures beside it. */
  source: 'text_layer' | 'ocr' | 'mixed';
  words: Word[];
  tables?: Table[];
}

export interface Document {
  text: string;
  /** ISO 639-1 of the text, null where unknown. */
  language: string | null;
  pages: Page[];
}

export interface ReadOptions {
  mimeType?: string | undefined;
  filename?: string | undefined;
  /** ISO 639-1 codes that OCR may expect; default en and de. */
  languages?: string[];
  /** Password of an encrypted PDF. */
  password?: string;
  signal?: AbortSignal;
}

/**
 * Reads documents in child processes with limits of memory, time, pages and pixels; a bomb ends its child, never this process.
 * Throws `DocumentError` (code, message): unreadable_document, encrypted_document, unsupported_type, document_too_large, too_many_pages, too_many_pixels,
 * document_timeout, document_memory.
 */
export interface DocumentReader {
  read(bytes: Buffer, options: ReadOptions): Promise<Document>;
  close(): Promise<void>;
}
