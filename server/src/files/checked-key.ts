import { createHash } from 'node:crypto';
import { FlowError } from '#base';

const CHECKED = /-([0-9a-f]{64})\.[a-z]+$/;
const hashOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** The key of an object that no row keeps the checksum of: it ends with it, so that `read` can tell damaged bytes from those that were stored (RELIABILITY F30). */
export const checkedKey = (beginning: string, bytes: Buffer, extension: string): string => `${beginning}-${hashOf(bytes)}.${extension}`;

/** The bytes. Throws internal_error where they are not those that the key was made for; a key without a checksum says nothing. */
export function checkBytes(key: string, bytes: Buffer): Buffer {
  const expected = key.match(CHECKED)?.[1];
  if (expected !== undefined && expected !== hashOf(bytes))
    throw new FlowError('internal_error', `The stored bytes of ${key} do not match their checksum: restore the object from a backup`);
  return bytes;
}
