import { createHmac, timingSafeEqual } from 'node:crypto';
import { forbidden, type Id } from '#base';

/** What a signed URL allows, and nothing else: changing any part of it breaks the signature. */
export interface UrlGrant {
  method: 'GET' | 'PUT';
  key: string;
  organizationId: Id;
  expiresAt: Date;
  /** Of an upload: what the file will be. */
  contentType: string;
  /** Of an upload: bytes that it may have. 0 for a download. */
  maxBytes: number;
}

/** The grant as query parameters; the key is the URL's path and the method is the request's. */
export interface SignedQuery {
  organization: string;
  expires: string;
  content_type: string;
  max_bytes: string;
  signature: string;
}

export interface UrlSigner {
  sign(grant: UrlGrant): SignedQuery;
  /** Throws `forbidden` for a signature that is wrong, of another method or key, or past its time. One answer for all, so that nothing is learned. */
  verify(method: 'GET' | 'PUT', key: string, query: Partial<Record<keyof SignedQuery, unknown>>): UrlGrant;
}

/** Signs URLs that need no other credential. `secret` is the same on every machine of an installation. */
export function createUrlSigner(secret: Buffer, now: () => number = Date.now): UrlSigner {
  const signature = (method: string, key: string, query: Omit<SignedQuery, 'signature'>) =>
    createHmac('sha256', secret)
      // JSON keeps the parts apart: no two grants have the same text
      .update(JSON.stringify([method, key, query.organization, query.expires, query.content_type, query.max_bytes]))
      .digest('hex');
  return {
    sign(grant) {
      const query = {
        organization: grant.organizationId,
        expires: String(Math.floor(grant.expiresAt.getTime() / 1000)),
        content_type: grant.contentType,
        max_bytes: String(grant.maxBytes),
      };
      return { ...query, signature: signature(grant.method, grant.key, query) };
    },
    verify(method, key, query) {
      const { organization, expires, content_type, max_bytes, signature: given } = query;
      if (![organization, expires, content_type, max_bytes, given].every((part) => typeof part === 'string')) throw refused();
      const sent = { organization, expires, content_type, max_bytes } as Omit<SignedQuery, 'signature'>;
      if (!isSame(signature(method, key, sent), given as string)) throw refused();
      const expiresAt = new Date(Number(sent.expires) * 1000);
      if (expiresAt.getTime() < now()) throw refused();
      return {
        method,
        key,
        organizationId: sent.organization,
        expiresAt,
        contentType: sent.content_type,
        maxBytes: Number(sent.max_bytes),
      };
    },
  };
}

const refused = () => forbidden('The signed URL is invalid or has expired; ask for a new one');

/** Compares the texts, not what they decode to, in a time that does not depend on where they differ. */
function isSame(expected: string, given: string): boolean {
  const a = Buffer.from(expected);
  const b = Buffer.from(given);
  return a.length === b.length && timingSafeEqual(a, b);
}
