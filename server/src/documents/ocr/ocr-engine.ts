import type { Box } from '../document.ts';

/** A page made ready for recognition: grey, 8 bits a pixel, letters of ordinary text 25 to 30 pixels high. */
export interface OcrImage {
  grey: Uint8Array;
  width: number;
  height: number;
}

export interface OcrWord {
  text: string;
  /** In pixels of the image. */
  box: Box;
  /** 0..1 by the engine's own measure: not to be compared between engines. */
  confidence: number;
}

export interface OcrOptions {
  timeoutMs: number;
  /** `page`: columns, tables and pictures are told apart; `block`: one column of lines, as on a till slip. */
  layout: 'page' | 'block';
}

/** One way to turn pictures into words. An engine reads one page at a time. */
export interface OcrEngine {
  /** Throws `document_timeout` when the page takes longer; the engine is then as new. */
  readPage(image: OcrImage, options: OcrOptions): Promise<OcrWord[]>;
  close(): Promise<void>;
}
