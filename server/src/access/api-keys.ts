import { createHash, randomBytes } from 'node:crypto';
import type { Id } from '#base';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const RANDOM_CHARACTERS = 43; // 62^43 > 2^256
const SHOWN_CHARACTERS = 6; // of the random part: enough to tell keys apart, far from enough to guess one

export interface NewApiKey {
  /** Shown once, stored nowhere. */
  token: string;
  tokenPrefix: string;
  tokenHash: Buffer;
}

/** How tokens are kept: SHA-256 of the whole. 256 random bits need no slower hash. */
export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest();

/** 256 random bits in 43 letters and digits. */
export function randomToken(): string {
  let value = BigInt(`0x${randomBytes(32).toString('hex')}`);
  let text = '';
  for (let i = 0; i < RANDOM_CHARACTERS; i++) {
    text = BASE62[Number(value % 62n)] + text;
    value /= 62n;
  }
  return text;
}

/** The random end of a UUID v7: its beginning is the time, the same for all that were made that hour. */
const mark = (id: Id): string => id.replaceAll('-', '').slice(-8);

/**
 * A new key `saf_org_<organization>_<account>_<random>` (people-and-integrations.md C7). The middle parts are for people and never read;
 * what identifies a key is its hash.
 */
export function makeApiKey(owner: { organizationId: Id; accountId: Id }): NewApiKey {
  const start = `saf_org_${mark(owner.organizationId)}_${mark(owner.accountId)}_`;
  const token = start + randomToken();
  return { token, tokenPrefix: token.slice(0, start.length + SHOWN_CHARACTERS), tokenHash: hashToken(token) };
}
