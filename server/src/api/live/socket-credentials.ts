import type { IncomingHttpHeaders } from 'node:http';
import type { Access, Principal } from '#access';
import { isJsonObject } from '#base';

const bearer = (token: string): IncomingHttpHeaders => ({ authorization: `Bearer ${token}` });

/** The token of `Sec-WebSocket-Protocol: bearer, <token>`: the one header that a browser lets a page set. */
function tokenOfProtocols(header: string | undefined): string | undefined {
  const [scheme, token] = (header ?? '').split(',').map((part) => part.trim());
  return scheme?.toLowerCase() === 'bearer' && token ? token : undefined;
}

/** What a reader proves itself by: headers, or a ticket, which is used up by it. */
export type Credentials = { headers: IncomingHttpHeaders } | { ticket: string };

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/**
 * The credentials that a request carries (core.md G4): its own headers, the subprotocol `bearer,<token>`, `?token=` or `?ticket=`. Undefined
 * where there are none: then a socket's first message must bring them.
 */
export function findSocketCredentials(headers: IncomingHttpHeaders, query: unknown): Credentials | undefined {
  if (headers.authorization !== undefined || headers['x-api-key'] !== undefined) return { headers };
  const sent = isJsonObject(query) ? query : {};
  const token = tokenOfProtocols(headers['sec-websocket-protocol']) ?? sent['token'];
  if (isText(token)) return { headers: bearer(token) };
  return isText(sent['ticket']) ? { ticket: sent['ticket'] } : undefined;
}

/** Who it is. Throws unauthorized. */
export const prove = (access: Access, credentials: Credentials): Promise<Principal> =>
  'ticket' in credentials ? access.useTicket(credentials.ticket) : access.authenticate(credentials.headers);

/** Whether it still is: a token must not have expired; who came by a ticket is asked for as whoever made it. Throws unauthorized. */
export const proveStill = (access: Access, credentials: Credentials, principal: Principal): Promise<Principal> =>
  'ticket' in credentials ? access.proveAgain(principal) : access.authenticate(credentials.headers);

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
export function credentialsOfMessage(message: Record<string, unknown> | undefined): Credentials | undefined {
  const token = message?.['type'] === 'auth' ? message['token'] : undefined;
  return isText(token) ? { headers: bearer(token) } : undefined;
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
