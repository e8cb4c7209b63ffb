import { randomFillSync } from 'node:crypto';

/** A lower-case, hyphenated UUID. Every id of ours is version 7: it begins with its time in milliseconds, so ids sort by creation. */
export type Id = string;

const POOL_BYTES = 8192; // one call of the random source for 819 ids
const pool = Buffer.alloc(POOL_BYTES);
let offset = POOL_BYTES;
let lastMs = 0;
let sequence = 0;

/**
 * A new UUID v7 (RFC 9562). Ids made by one process rise strictly: 12 bits behind the time count within the millisecond, so that the order
 * of a list by id is the order of creation.
 */
export function newId(): Id {
  if (offset + 10 > POOL_BYTES) {
    randomFillSync(pool);
    offset = 0;
  }
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    sequence = pool.readUInt16BE(offset) & 0x7ff; // starts in the lower half, so that it seldom overflows
  } else {
    sequence++;
    if (sequence > 0xfff) {
      lastMs++;
      sequence = 0;
    }
  }
  const time = lastMs.toString(16).padStart(12, '0');
  const variant = ((pool[offset + 2] as number) & 0x3f) | 0x80;
  const random = variant.toString(16) + pool.toString('hex', offset + 3, offset + 10);
  offset += 10;
  return `${time.slice(0, 8)}-${time.slice(8)}-7${sequence.toString(16).padStart(3, '0')}-${random.slice(0, 4)}-${random.slice(4)}`;
}

/** The moment at which a v7 id was made. */
export const timeOfId = (id: Id): Date => new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));

const MAX_TIME = 2 ** 48 - 2; // what the 48 bits of an id's time can hold, with one left for what comes after it

/** The lowest id that a millisecond can have: ids begin with their time, so a range of time is a range of the primary key. */
export function firstIdOf(time: Date): Id {
  const milliseconds = Math.min(Math.max(time.getTime(), 0), MAX_TIME);
  const hex = milliseconds.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

/** Upper case and 32 hex digits without hyphens are accepted (core.md 1.4); the answer is lower case and hyphenated, or undefined. */
export function parseId(text: string): Id | undefined {
  if (!UUID.test(text)) return undefined;
  const hex = text.toLowerCase().replaceAll('-', '');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A new ULID (26 characters), the form of the wire's request ids (core.md 1.3). */
export function newRequestId(): string {
  const hex = newId().replaceAll('-', '');
  let value = BigInt(`0x${hex}`);
  let text = '';
  for (let i = 0; i < 26; i++) {
    text = CROCKFORD[Number(value & 31n)] + text;
    value >>= 5n;
  }
  return text;
}

export const isRequestId = (text: string): boolean => /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(text);
