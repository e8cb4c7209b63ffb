import type { IncomingHttpHeaders } from 'node:http';
import { isJsonObject } from '#base';

const bearer = (token: string): IncomingHttpHeaders => ({ authorization: `Bearer ${token}` });

/** The token of `Sec-WebSocket-Protocol: bearer, <token>`: the one header that a browser lets a page set. */
function tokenOfProtocols(header: string | undefined): string | undefined {
  const [scheme, token] = (header ?? '').split(',').map((part) => part.trim());
  return scheme?.toLowerCase() === 'bearer' && token ? token : undefined;
}

/**
 * The credentials that a handshake carries, as headers (core.md G4): its own headers, the subprotocol `bearer,<token>`, or `?token=`.
 * Undefined where there are none: then the first message must bring them.
 */
export function findSocketCredentials(headers: IncomingHttpHeaders, query: { token?: unknown }): IncomingHttpHeaders | undefined {
  if (headers.authorization !== undefined || headers['x-api-key'] !== undefined) return headers;
  const token = tokenOfProtocols(headers['sec-websocket-protocol']) ?? query.token;
  return typeof token === 'string' && token !== '' ? bearer(token) : undefined;
}

/** The credentials of a request that may carry them in its address: its own headers, else `?token=`. Empty headers where there are none. */
export const credentialsOf = (request: { headers: IncomingHttpHeaders; query: unknown }): IncomingHttpHeaders =>
  findSocketCredentials(request.headers, isJsonObject(request.query) ? request.query : {}) ?? {};

/** `?summary=true` and its like. */
export const isYes = (text: unknown): boolean => typeof text === 'string' && /^(true|1|yes|on)$/i.test(text);

/** A client's message as an object, or undefined. */
export function parseSocketMessage(text: string): Record<string, unknown> | undefined {
  try {
    const message: unknown = JSON.parse(text);
    return isJsonObject(message) ? message : undefined;
  } catch {
    return undefined;
  }
}

/** The credentials of `{"type": "auth", "token": ...}`, else undefined. */
export function credentialsOfMessage(message: Record<string, unknown> | undefined): IncomingHttpHeaders | undefined {
  const token = message?.['type'] === 'auth' ? message['token'] : undefined;
  return typeof token === 'string' && token !== '' ? bearer(token) : undefined;
}

/**
 * Whether a page of this origin may open a socket: none (no browser), the platform's own, or one that the operator names. A browser sends
 * the user's cookies and lets any page connect, so the handshake is where it must be refused.
 */
export function isOriginAllowed(
  origin: string | undefined,
  allowed: { host: string | undefined; publicUrl: string; corsOrigins: readonly string[] },
): boolean {
  if (origin === undefined) return true;
  const own = URL.parse(origin);
  if (!own) return allowed.corsOrigins.includes('*');
  const isOwn = own.host === allowed.host || own.origin === URL.parse(allowed.publicUrl)?.origin;
  return isOwn || allowed.corsOrigins.includes('*') || allowed.corsOrigins.includes(own.origin);
}
