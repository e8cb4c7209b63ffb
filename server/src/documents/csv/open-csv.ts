import type { Block } from '../grid/block.ts';
import { openBlocks } from '../grid/open-blocks.ts';
import type { DocumentSource } from '../parser/messages.ts';
import type { OpenDocument } from '../parser/open-document.ts';
import { decodeText } from '../plain-text/decode-text.ts';
import { refuseLongLines } from '../plain-text/refuse-long-lines.ts';
import { parseCsv } from './parse-csv.ts';

/** Opens a CSV file of any separator and encoding as one table, its rows as they are printed; the first row is a row like the others. */
export async function openCsv(bytes: Uint8Array, source: DocumentSource): Promise<OpenDocument> {
  return openBlocks(function* (): Iterable<Block> {
    refuseLongLines(bytes);
    yield { kind: 'table', rows: [...parseCsv(decodeText(bytes), source.limits.words)] };
  });
}
