import { openBlocks } from '../grid/open-blocks.ts';
import type { OpenDocument } from '../parser/open-document.ts';
import { decodeText } from '../plain-text/decode-text.ts';
import { htmlToBlocks } from './html-to-blocks.ts';

/** Where a page may name its encoding (HTML standard, 4.2.5.4). */
const HEAD_BYTES = 1_024;

/** Opens an HTML page: what a reader sees of it. Nothing is run and nothing is fetched. */
export const openHtml = async (bytes: Uint8Array): Promise<OpenDocument> =>
  openBlocks(() => htmlToBlocks(decodeText(bytes, namedEncoding(bytes)), { paragraphGaps: true }));

function namedEncoding(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(HEAD_BYTES, bytes.length)).toString('latin1');
  return /<meta[^>]+charset\s*=\s*["']?([\w-]{1,40})/i.exec(head)?.[1];
}
