import { createHash } from 'node:crypto';
import type { FlowApp } from '../flow-app.ts';

/** Hashing more would hold other requests up for longer than sending it costs. */
const MAX_CHARACTERS = 4 * 1024 * 1024;

/** Weak: a proxy may compress what we send. */
const tagOf = (payload: string): string => `W/"${createHash('sha256').update(payload).digest('base64url').slice(0, 27)}"`;

const opaque = (tag: string): string => tag.trim().replace(/^W\//, '');

/** Whether the client has this already (RFC 9110, 13.1.2): weak comparison, a list, or `*`. */
export function isKnownTag(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === '*' || header.split(',').some((known) => opaque(known) === opaque(tag));
}

/**
 * Every JSON answer to a GET has an ETag, and is 304 without a body where the client names it in If-None-Match. The answer is made all the
 * same, with the rights of now: what is saved is the way, and nothing is answered from a cache. Lists that are streamed have none.
 */
export function useConditionalGet(app: FlowApp): void {
  app.addHook('onSend', async (request, reply, payload) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (!isRead || reply.statusCode !== 200 || typeof payload !== 'string' || payload.length > MAX_CHARACTERS) return payload;
    if (!String(reply.getHeader('content-type')).startsWith('application/json')) return payload;
    const tag = tagOf(payload);
    reply.header('ETag', tag);
    if (!reply.hasHeader('cache-control')) reply.header('Cache-Control', 'private, no-cache');
    if (!isKnownTag(request.headers['if-none-match'], tag)) return payload;
    reply.code(304).removeHeader('content-type').removeHeader('content-length');
    return null;
  });
}
