import { DocumentError } from '../document-error.ts';

/** Parts of a message. Each costs its parser a tree node and a search; people's mail has a dozen. */
const MAX_PARTS = 1_000;
const MARK = Buffer.from('\n--');

/** Refuses a message with more lines that look like the beginning of a part than any has; signatures and ruled lines are few. */
export function refuseManyParts(bytes: Uint8Array): void {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let count = 0;
  for (let at = content.indexOf(MARK); at >= 0; at = content.indexOf(MARK, at + MARK.length)) {
    const next = content[at + MARK.length];
    if (next === 0x2d || next === 0x20 || next === 0x0d || next === 0x0a) continue; // a rule or a signature's mark
    if (++count > MAX_PARTS) {
      throw new DocumentError('document_too_large', `The message has more than ${MAX_PARTS} parts, which is more than is read.`);
    }
  }
}
