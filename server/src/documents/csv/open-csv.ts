import { DocumentError } from '../document-error.ts';
import type { Block } from '../grid/block.ts';
import { openBlocks } from '../grid/open-blocks.ts';
import type { DocumentSource } from '../parser/messages.ts';
import type { OpenDocument } from '../parser/open-document.ts';
import { decodeText } from '../plain-text/decode-text.ts';
import { parseCsv } from './parse-csv.ts';

/** Bytes of a line: a row of the widest sheet that a spreadsheet can hold has fewer, unless its cells are books. */
const MAX_LINE_BYTES = 4 * 1024 * 1024;

/** Opens a CSV file of any separator and encoding as one table, its rows as they are printed; the first row is a row like the others. */
export async function openCsv(bytes: Uint8Array, source: DocumentSource): Promise<OpenDocument> {
  return openBlocks(function* (): Iterable<Block> {
    refuseLongLines(bytes);
    yield { kind: 'table', rows: [...parseCsv(decodeText(bytes), source.limits.words)] };
  });
}

function refuseLongLines(bytes: Uint8Array): void {
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(10, start);
    const stop = end < 0 ? bytes.length : end;
    if (stop - start > MAX_LINE_BYTES && !bytes.subarray(start, stop).includes(13)) {
      throw new DocumentError('document_too_large', `A line of the file has more than ${MAX_LINE_BYTES / 1024 / 1024} MB; split it.`);
    }
    start = stop + 1;
  }
}
