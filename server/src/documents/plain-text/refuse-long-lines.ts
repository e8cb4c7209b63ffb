import { DocumentError } from '../document-error.ts';

/** Bytes of a line: a row of the widest sheet that a spreadsheet can hold has fewer, unless its cells are books. */
const MAX_LINE_BYTES = 4 * 1024 * 1024;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** Refuses text with a line of more than 4 MB, before it is decoded. Throws `document_too_large`. */
export function refuseLongLines(bytes: Uint8Array): void {
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(LINE_FEED, start);
    const stop = end < 0 ? bytes.length : end;
    if (stop - start > MAX_LINE_BYTES && !bytes.subarray(start, stop).includes(CARRIAGE_RETURN)) {
      throw new DocumentError('document_too_large', `A line of the file has more than ${MAX_LINE_BYTES / 1024 / 1024} MB; split it.`);
    }
    start = stop + 1;
  }
}
