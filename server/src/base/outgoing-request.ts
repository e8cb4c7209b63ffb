import { EgressError } from './egress-error.ts';

/**
 * Ports on which databases, queues and the daemons of containers listen. Other ports below 1024 than those of HTTP are not called either: what
 * answers there speaks no HTTP, and a body that a user wrote would be read as commands.
 */
const BARRED_PORTS = new Set([
  1433, 1521, 2049, 2375, 2376, 2379, 2380, 3306, 3389, 4369, 5432, 5433, 5671, 5672, 6379, 6380, 6432, 9042, 9092, 10250, 10255, 11211,
  27017, 27018, 27019,
]);
const FIRST_FREE_PORT = 1024;
const MAX_URL_LENGTH = 8192; // what common servers take

/** Headers that say how a message is framed and whom it is for: the module's own to write. */
const FRAMING_HEADERS = [
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];
/** What another origin may see after a redirect: a header of any name may be a credential, these are none. */
const PLAIN_HEADERS = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'content-language',
  'content-type',
  'traceparent',
  'user-agent',
]);
const BODY_HEADERS = ['content-type', 'content-encoding', 'content-language', 'content-location'];

/**
 * What keeps a URL from ever being called, whatever networks are allowed: for people, undefined where nothing does. Pure, so that it can be said
 * when a flow is written; the address is judged when it is called.
 */
export function faultOfUrl(text: string, options: { anyPort?: boolean } = {}): string | undefined {
  const url = text.length > MAX_URL_LENGTH ? null : URL.parse(text);
  if (url === null) return `is not a URL of at most ${MAX_URL_LENGTH} characters`;
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return `must begin with http:// or https://, not ${url.protocol.slice(0, 20)}`;
  if (url.username !== '' || url.password !== '') return 'may hold no user name and no password: send them as a header';
  const port = Number(url.port || 443);
  if (!options.anyPort && port !== 80 && port !== 443 && (port < FIRST_FREE_PORT || BARRED_PORTS.has(port)))
    return `names port ${port}, which is not called`;
  return undefined;
}

/** The URL, or an `address_refused`. What the operator has configured may have any port. */
export function parseOutgoingUrl(text: string, isConfigured: (origin: string) => boolean, base?: URL): URL {
  const url = URL.parse(text, base?.href);
  const fault = url === null ? 'is not a URL' : faultOfUrl(url.href, { anyPort: isConfigured(url.origin) });
  if (url === null || fault !== undefined) throw new EgressError('address_refused', `The address ${fault}.`);
  return url;
}

/** The headers as they may be sent, or a `request_refused` that names what is wrong with them and no value. */
export function checkedHeaders(given: RequestInit['headers']): Headers {
  let headers: Headers;
  try {
    headers = new Headers(given);
  } catch {
    throw new EgressError('request_refused', 'A header has a name or a value with characters that no header may have.');
  }
  const framing = FRAMING_HEADERS.find((name) => headers.has(name));
  if (framing !== undefined) throw new EgressError('request_refused', `The header '${framing}' cannot be set.`);
  return headers;
}

/**
 * The request that follows a redirect, as the Fetch standard has it, but stricter where the origin changes: no header that could be a credential
 * goes there, and no body, which could hold one.
 */
export function redirectedRequest(request: RequestInit, status: number, from: URL, to: URL): RequestInit {
  if (from.protocol === 'https:' && to.protocol === 'http:')
    throw new EgressError('redirect_refused', 'A redirect from https to http is not followed.');
  const headers = new Headers(request.headers);
  if (from.origin !== to.origin) for (const name of [...headers.keys()]) if (!PLAIN_HEADERS.has(name)) headers.delete(name);
  const method = (request.method ?? 'GET').toUpperCase();
  const toGet = (status === 303 && method !== 'HEAD') || ((status === 301 || status === 302) && method === 'POST');
  if (toGet) {
    for (const name of BODY_HEADERS) headers.delete(name);
    return { ...request, headers, method: 'GET', body: null };
  }
  if (request.body !== undefined && request.body !== null && from.origin !== to.origin)
    throw new EgressError('redirect_refused', 'A redirect would send the body to another origin.');
  if (request.body instanceof ReadableStream)
    throw new EgressError('redirect_refused', 'A streamed body cannot be sent again after a redirect.');
  return { ...request, headers };
}
