/** [x0, y0, x1, y1] in 0..1 of the page, origin top left. */
export type Box = [number, number, number, number];

export interface Word {
  text: string;
  box: Box;
  /** 0..1: 1 for a text layer, the engine's own word confidence for OCR. */
  confidence: number;
}

export interface Page {
  /** From 1. */
  number: number;
  /** Points (1/72 inch) for PDF, pixels for pictures. */
  width: number;
  height: number;
  text: string;
  /** 0..1: how far the words can be trusted; below 0.6 a person should look. */
  quality: number;
  /** How its words were had. */
  source: 'text_layer' | 'ocr';
  words: Word[];
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
