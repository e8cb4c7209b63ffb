/** What one document may cost. Each breach is a `DocumentError` that names the limit. */
export interface DocumentLimits {
  /** Bytes of the file. More is refused before any parser sees it. */
  inputBytes: number;
  /** Pages read for their text layer: about 8 ms each, so that the largest document takes some 16 s. */
  textPages: number;
  /** Pages read by OCR: 1 to 4 s of a core each, so that one document holds the cores for minutes at most. */
  ocrPages: number;
  /** Pixels of a picture or a rendered page: 40 megapixels are A3 at 400 dpi and 160 MB once decoded. */
  pagePixels: number;
  /** Words of one page, which travel in one message: reading it holds up the platform's event loop for 60 ms at most. */
  pageWords: number;
  /** Words of the whole document: what the caller's memory must hold (about 150 bytes each). */
  words: number;
  /** Milliseconds to open a document or to read the text of one page; longer without a page means a loop. */
  stepTimeoutMs: number;
  /** Milliseconds for OCR of one page, its second tries included; a page of noise can take a minute. */
  ocrPageTimeoutMs: number;
  /** Milliseconds for the whole document from the moment a parser has it. */
  documentTimeoutMs: number;
  /**
   * Resident bytes that a parser process may grow by while it reads the text of a document, beside four times the file's own size; beyond them
   * it is killed. Ordinary documents take 20 to 150 MB; OCR, which works on pixels that were counted before, is bounded by `processBytes`.
   */
  textBytes: number;
  /** Resident bytes of one parser process; at the limit it is killed. A scanned page takes 300 to 500 MB. */
  processBytes: number;
}

export const DEFAULT_LIMITS: Readonly<DocumentLimits> = Object.freeze({
  inputBytes: 100 * 1024 * 1024,
  textPages: 2_000,
  ocrPages: 50,
  pagePixels: 40_000_000,
  pageWords: 100_000,
  words: 1_000_000,
  stepTimeoutMs: 8_000,
  ocrPageTimeoutMs: 45_000,
  documentTimeoutMs: 300_000,
  textBytes: 200 * 1024 * 1024,
  processBytes: 1024 * 1024 * 1024,
});
