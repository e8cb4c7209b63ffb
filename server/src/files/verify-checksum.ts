import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';

/**
 * Passes a whole file on and breaks the stream before its last chunk where the bytes are not those that were stored: a reader sees a
 * truncated transfer, never a damaged document that looks complete.
 */
export function verifyChecksum(sha256: Buffer): Transform {
  const hash = createHash('sha256');
  let held: Buffer | undefined;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      const ready = held;
      held = chunk;
      done(null, ready);
    },
    flush(done) {
      if (!hash.digest().equals(sha256)) return done(new Error('The stored bytes do not match their checksum'));
      done(null, held);
    },
  });
}
