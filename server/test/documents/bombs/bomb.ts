/** A document made to do harm, and the ways in which it may end: a code of `DocumentError`, or `read` where what it does is bounded. */
export interface Bomb {
  name: string;
  mimeType?: string;
  make(): Buffer | Promise<Buffer>;
  ends: readonly string[];
}

/** Numbers that look random, the same each time (Numerical Recipes). */
export function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** How a document may end that has been damaged anywhere. */
const ANY_END = [
  'read',
  'unreadable_document',
  'encrypted_document',
  'unsupported_type',
  'document_too_large',
  'too_many_pages',
  'too_many_pixels',
  'document_memory',
  'document_timeout',
];

/** The document with some bytes changed, dropped or doubled: as many kinds of damage as `count`. */
export const mutationsOf = (name: string, mimeType: string, healthy: () => Buffer | Promise<Buffer>, count: number): Bomb[] =>
  Array.from({ length: count }, (_, seed) => ({
    name: `${name}, damaged (${seed})`,
    mimeType,
    ends: ANY_END,
    make: async () => {
      const next = generator(seed + 1);
      let bytes = Buffer.from(await healthy());
      for (let change = 1 + next(8); change > 0; change--) {
        const at = 8 + next(bytes.length - 8);
        const kind = next(4);
        if (kind === 0) bytes[at] = next(256);
        else if (kind === 1) bytes.fill(0xff, at, Math.min(bytes.length, at + 4));
        else if (kind === 2) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + next(40))]);
        else bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.max(0, at - 1 - next(2000)))]);
      }
      return bytes;
    },
  }));
