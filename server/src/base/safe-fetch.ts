import { lookup as dnsLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { Agent, buildConnector, fetch as undiciFetch } from 'undici';
import { EgressError } from './egress-error.ts';
import { limitBody } from './limit-body.ts';

/**
 * The one way out of the platform. It keeps these promises, whoever wrote the URL:
 * - only http and https, no credentials in the URL;
 * - only public unicast addresses, or networks that the operator has allowed: literals in every spelling are checked, and every address
 *   that a name resolves to; the connection then goes to a checked address, so that a second answer of the name server changes nothing;
 * - redirects are followed by hand, at most five, each checked anew; never from https to http; credentials stay with their origin;
 * - connecting, the whole call and the size of the answer have limits; headers too.
 */
export interface SafeFetchOptions {
  /** CIDRs that are allowed although they are not public (FLOW_ALLOW_PRIVATE_NETWORKS). */
  allowPrivateNetworks?: readonly string[];
  /** Origins that the operator has configured: their addresses are not checked. Never pass what a user wrote. */
  allowOrigins?: readonly string[];
  /** The whole call, body included. */
  timeoutMs?: number;
  connectTimeoutMs?: number;
  /** Of the answer, unpacked. */
  maxBytes?: number;
}

export interface SafeFetch {
  fetch: typeof globalThis.fetch;
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 5000;
const TIMEOUT_MS = 60_000;
const MAX_BYTES = 10 * 1024 * 1024;
const MAX_HEADER_BYTES = 16 * 1024;
const MAX_REDIRECTS = 5;

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const CREDENTIAL_HEADERS = ['authorization', 'cookie', 'proxy-authorization', 'x-api-key', 'api-key'];
const BODY_HEADERS = ['content-type', 'content-length', 'content-encoding', 'content-language', 'content-location'];

/** A fetch with the promises above. Throws `EgressError` with a code; what the caller's signal ends rejects with its reason. */
export function createSafeFetch(options: SafeFetchOptions = {}): SafeFetch {
  const agent = guardedAgent(options);
  const maxBytes = options.maxBytes ?? MAX_BYTES;
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const safeFetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    if (input instanceof Request) throw new TypeError('pass a URL, not a Request');
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = init.signal == null ? timeout : AbortSignal.any([init.signal, timeout]);
    try {
      const response = await follow(checkedUrl(String(input)), { ...init, signal }, agent, init.redirect ?? 'follow');
      return limitBody(response, maxBytes, timeout, timeoutMs);
    } catch (error) {
      throw meaningOf(error, timeout, timeoutMs);
    }
  };
  return { fetch: safeFetch as typeof globalThis.fetch, close: () => agent.destroy() };
}

function checkedUrl(text: string, base?: URL): URL {
  const url = URL.parse(text, base?.href) ?? undefined;
  if (url === undefined) throw new EgressError('address_refused', 'The address is not a URL.');
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new EgressError('address_refused', `Only http and https may be called, not ${url.protocol}`);
  if (url.username !== '' || url.password !== '')
    throw new EgressError('address_refused', 'A URL may hold no user name and no password: send them as a header.');
  return url;
}

async function follow(start: URL, init: RequestInit, agent: Agent, mode: 'follow' | 'error' | 'manual'): Promise<Response> {
  let url = start;
  let request: RequestInit = { ...init, headers: new Headers(init.headers), redirect: 'manual' };
  for (let hops = 0; ; hops++) {
    const response = (await undiciFetch(url, { ...request, dispatcher: agent } as Parameters<
      typeof undiciFetch
    >[1])) as unknown as Response;
    const location = response.headers.get('location');
    if (mode === 'manual' || !REDIRECTS.has(response.status) || location === null) return response;
    await response.body?.cancel();
    if (mode === 'error') throw new EgressError('redirect_refused', `The answer is a redirect (${response.status}).`);
    if (hops >= MAX_REDIRECTS) throw new EgressError('redirect_refused', `More than ${MAX_REDIRECTS} redirects.`);
    const next = checkedUrl(location, url);
    request = redirected(request, response.status, url, next);
    url = next;
  }
}

/** The request that follows a redirect, as the Fetch standard has it; the body is sent again only where it can be. */
function redirected(request: RequestInit, status: number, from: URL, to: URL): RequestInit {
  if (from.protocol === 'https:' && to.protocol === 'http:')
    throw new EgressError('redirect_refused', 'A redirect from https to http is not followed.');
  const headers = new Headers(request.headers);
  if (from.origin !== to.origin) for (const name of CREDENTIAL_HEADERS) headers.delete(name);
  const method = (request.method ?? 'GET').toUpperCase();
  const toGet = (status === 303 && method !== 'HEAD') || ((status === 301 || status === 302) && method === 'POST');
  if (!toGet) {
    if (request.body instanceof ReadableStream)
      throw new EgressError('redirect_refused', 'A streamed body cannot be sent again after a redirect.');
    return { ...request, headers };
  }
  for (const name of BODY_HEADERS) headers.delete(name);
  return { ...request, headers, method: 'GET', body: null };
}

/** What undici wraps, unwrapped: a refused address stays one, a timeout of ours says so. */
function meaningOf(error: unknown, timeout: AbortSignal, timeoutMs: number): unknown {
  if (timeout.aborted) return new EgressError('timeout', `No answer within ${timeoutMs} ms.`);
  for (let cause: unknown = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    if (cause instanceof EgressError) return cause;
    if ('code' in cause && cause.code === 'UND_ERR_CONNECT_TIMEOUT')
      return new EgressError('connect_failed', 'The address could not be reached in time.', error);
  }
  if (error instanceof TypeError) {
    const cause = error.cause instanceof Error ? error.cause : error;
    const code = 'code' in cause && typeof cause.code === 'string' ? ` (${cause.code})` : '';
    return new EgressError('connect_failed', `The call failed${code}: ${cause.message.slice(0, 300)}`, error);
  }
  return error;
}

function guardedAgent(options: SafeFetchOptions): Agent {
  const isAllowed = addressRule(options.allowPrivateNetworks ?? []);
  const origins = new Set((options.allowOrigins ?? []).map((origin) => new URL(origin).origin));
  const connectOptions = { timeout: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS };
  const trusted = buildConnector(connectOptions);
  const guarded = buildConnector({ ...connectOptions, lookup: guardedLookup(isAllowed) });
  return new Agent({
    maxHeaderSize: MAX_HEADER_BYTES,
    connect(target, callback) {
      const host = target.hostname.replace(/^\[|\]$/g, '');
      if (origins.has(originOf(target.protocol, target.hostname, target.port))) trusted(target, callback);
      // A custom lookup is never asked about literals, so they are checked here.
      else if (isIP(host) !== 0 && !isAllowed(host)) callback(refused(host), null);
      else guarded(target, callback);
    },
  });
}

const originOf = (protocol: string, hostname: string, port: string): string =>
  new URL(`${protocol}//${isIP(hostname) === 6 ? `[${hostname}]` : hostname}${port === '' ? '' : `:${port}`}`).origin;

const refused = (host: string): EgressError =>
  new EgressError('address_refused', `'${host}' is not a public address; FLOW_ALLOW_PRIVATE_NETWORKS can allow its network.`);

function guardedLookup(isAllowed: (address: string) => boolean): LookupFunction {
  return (hostname, lookupOptions, callback) => {
    dnsLookup(hostname, { ...lookupOptions, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, []);
      const bad = addresses.find((each) => !isAllowed(each.address));
      if (bad !== undefined || addresses.length === 0) return callback(refused(hostname), []);
      if (lookupOptions.all === true) return callback(null, addresses);
      callback(null, addresses[0]?.address ?? '', addresses[0]?.family ?? 4);
    });
  };
}

/**
 * Whether an address may be called: public unicast, or inside an allowed network. IPv6 forms that carry an IPv4 address are judged by
 * that address (RFC 4291 2.5.5), the rest of ::/96 and fec0::/10 are refused. A CIDR that is none throws at once.
 */
export function addressRule(allowPrivateNetworks: readonly string[]): (address: string) => boolean {
  const networks = allowPrivateNetworks.map((cidr) => ipaddr.parseCIDR(cidr));
  return (address) => {
    const plain = address.split('%')[0] ?? '';
    if (!ipaddr.isValid(plain)) return false;
    const parsed = ipaddr.process(plain);
    if (networks.some(([network, bits]) => network.kind() === parsed.kind() && parsed.match(network as never, bits))) return true;
    return parsed.range() === 'unicast' && !isOldSpecial(parsed);
  };
}

const OLD_SPECIAL = ['::/96', 'fec0::/10', '5f00::/16'].map((cidr) => ipaddr.parseCIDR(cidr));
const isOldSpecial = (address: ipaddr.IPv4 | ipaddr.IPv6): boolean =>
  address.kind() === 'ipv6' && OLD_SPECIAL.some(([network, bits]) => address.match(network as never, bits));
