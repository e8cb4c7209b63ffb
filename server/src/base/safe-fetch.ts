import { EgressError } from './egress-error.ts';
import type { GuardedFetch, NameLookup } from './guarded-agent.ts';
import { limitBody } from './limit-body.ts';
import { checkedHeaders, parseOutgoingUrl, redirectedRequest } from './outgoing-request.ts';
import { activeTrace } from './trace-context.ts';

/**
 * The one way out of the platform. It keeps these promises, whoever wrote the URL:
 * - only http and https, on the ports of HTTP and those from 1024 that no database is known by; no credentials in the URL;
 * - only public unicast addresses, or networks that the operator has allowed: literals in every spelling are checked, and every address
 *   that a name resolves to; the connection then goes to a checked address, so that a second answer of the name server changes nothing;
 * - no header that frames the message; redirects are followed by hand, at most five, each checked anew; never from https to http; what could be
 *   a credential stays with its origin;
 * - within a trace, the trace's context (`traceparent`) goes along, and nothing else that the caller did not write;
 * - connecting, the whole call and the size of the answer have limits; headers too; one user of it cannot fill it with calls to one origin.
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
  /** Calls that one share has under way to one origin at most. */
  callsPerOrigin?: number;
  /** Instead of the system's resolver: a test's own names. */
  lookup?: NameLookup;
}

/** A call with limits of its own, below those of the way out. */
export interface CallOutInit extends RequestInit {
  timeoutMs?: number;
  maxBytes?: number;
}

/** Throws `EgressError` with a code; what the caller's signal ends rejects with its reason. */
export type CallOut = (url: string | URL, init?: CallOutInit) => Promise<Response>;

export interface SafeFetch {
  fetch: typeof globalThis.fetch;
  /** The same for one of several users of it, whose calls to one origin are counted: `endpoint_busy` where there are too many under way. */
  share(user: string): CallOut;
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 5000;
const TIMEOUT_MS = 60_000;
const MAX_BYTES = 10 * 1024 * 1024;
const MAX_REDIRECTS = 5;
const CALLS_PER_ORIGIN = 20; // a receiver that hangs holds no more than this of a worker, which runs 200 tasks a loop

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

interface Way {
  /** Loads the client of HTTP at the first call: a process that calls nobody does without its 100 files. */
  open(): Promise<GuardedFetch>;
  isConfigured(origin: string): boolean;
}

/** A fetch with the promises above. */
export function createSafeFetch(options: SafeFetchOptions = {}): SafeFetch {
  const {
    timeoutMs = TIMEOUT_MS,
    maxBytes = MAX_BYTES,
    connectTimeoutMs = CONNECT_TIMEOUT_MS,
    callsPerOrigin = CALLS_PER_ORIGIN,
  } = options;
  const origins = new Set((options.allowOrigins ?? []).map((origin) => new URL(origin).origin));
  const isConfigured = (origin: string) => origins.has(origin);
  const { allowPrivateNetworks = [], lookup } = options;
  let opened: Promise<GuardedFetch> | undefined;
  const open = () => {
    opened ??= import('./guarded-agent.ts').then((m) => m.guardedFetch({ allowPrivateNetworks, isConfigured, connectTimeoutMs, lookup }));
    return opened;
  };
  const way = { isConfigured, open };
  const limitsOf = (init: CallOutInit) => ({
    timeoutMs: Math.min(init.timeoutMs ?? timeoutMs, timeoutMs),
    maxBytes: Math.min(init.maxBytes ?? maxBytes, maxBytes),
  });
  const callOut = (url: string | URL, init: CallOutInit = {}, onEnd = () => {}) =>
    call(way, parseOutgoingUrl(String(url), isConfigured), init, { ...limitsOf(init), onEnd });
  const underWay = new Map<string, number>();
  const share = (user: string): CallOut =>
    async function shared(url, init) {
      const place = `${user} ${parseOutgoingUrl(String(url), isConfigured).origin}`;
      const count = underWay.get(place) ?? 0;
      if (count >= callsPerOrigin) throw new EgressError('endpoint_busy', `${count} calls to this server are under way already.`);
      underWay.set(place, count + 1);
      return callOut(url, init, () => leave(underWay, place));
    };
  const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    if (input instanceof Request) throw new TypeError('pass a URL, not a Request');
    return callOut(input, init);
  };
  return { fetch: fetch as typeof globalThis.fetch, share, close: async () => (await opened)?.close() };
}

function leave(underWay: Map<string, number>, place: string): void {
  const count = underWay.get(place) ?? 0;
  if (count > 1) underWay.set(place, count - 1);
  else underWay.delete(place);
}

async function call(
  way: Way,
  url: URL,
  init: CallOutInit,
  limits: { timeoutMs: number; maxBytes: number; onEnd: () => void },
): Promise<Response> {
  const { timeoutMs, maxBytes } = limits;
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = init.signal == null ? timeout : AbortSignal.any([init.signal, timeout]);
  const explain = (error: unknown) => meaningOf(error, timeout, timeoutMs);
  const onEnd = once(limits.onEnd);
  signal.addEventListener('abort', onEnd, { once: true }); // a body that nobody reads ends by the clock
  try {
    return limitBody(await follow(way, url, { ...init, signal }), { maxBytes, explain, onEnd });
  } catch (error) {
    onEnd();
    throw explain(error);
  }
}

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) work();
    isDone = true;
  };
}

async function follow({ open, isConfigured }: Way, start: URL, { timeoutMs: _, maxBytes: __, ...init }: CallOutInit): Promise<Response> {
  const mode = init.redirect ?? 'follow';
  const { send } = await open();
  let url = start;
  let request: RequestInit = { ...init, headers: tracedHeaders(checkedHeaders(init.headers)), redirect: 'manual' };
  for (let hops = 0; ; hops++) {
    const response = await send(url, request);
    const location = response.headers.get('location');
    if (mode === 'manual' || !REDIRECTS.has(response.status) || location === null) return response;
    await response.body?.cancel();
    if (mode === 'error') throw new EgressError('redirect_refused', `The answer is a redirect (${response.status}).`);
    if (hops >= MAX_REDIRECTS) throw new EgressError('redirect_refused', `More than ${MAX_REDIRECTS} redirects.`);
    const next = parseOutgoingUrl(location, isConfigured, url);
    request = redirectedRequest(request, response.status, url, next);
    url = next;
  }
}

/** A call that is part of a trace names the span that it is made in, so that its receiver can go on with it. What a user wrote himself stands. */
function tracedHeaders(headers: Headers): Headers {
  const trace = activeTrace();
  if (trace !== undefined && !headers.has('traceparent')) headers.set('traceparent', trace.traceparent);
  return headers;
}

const MAX_CAUSES = 5;

/** What undici wraps, unwrapped: a refused address stays one, a timeout of ours says so. */
function meaningOf(error: unknown, timeout: AbortSignal, timeoutMs: number): unknown {
  if (timeout.aborted) return new EgressError('timeout', `No whole answer within ${timeoutMs} ms.`);
  for (let cause: unknown = error, depth = 0; cause instanceof Error && depth < MAX_CAUSES; cause = cause.cause, depth++) {
    if (cause instanceof EgressError) return cause;
    const known = 'code' in cause ? MEANINGS[String(cause.code)] : undefined;
    if (known) return new EgressError(...known, error);
  }
  if (!(error instanceof TypeError)) return error;
  const cause = error.cause instanceof Error ? error.cause : error;
  const code = 'code' in cause && typeof cause.code === 'string' ? ` (${cause.code})` : '';
  return new EgressError('connect_failed', `The call failed${code}: ${cause.message.slice(0, 300)}`, error);
}

const MEANINGS: Record<string, ['connect_failed' | 'response_too_large' | 'response_broken', string]> = {
  UND_ERR_CONNECT_TIMEOUT: ['connect_failed', 'The address could not be reached in time.'],
  UND_ERR_HEADERS_OVERFLOW: ['response_too_large', 'The headers of the answer are larger than 16 KiB.'],
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: ['response_broken', 'The answer has another length than it says.'],
  HPE_INVALID_CONSTANT: ['response_broken', 'The answer is not HTTP.'],
  Z_DATA_ERROR: ['response_broken', 'The answer cannot be unpacked.'],
  Z_BUF_ERROR: ['response_broken', 'The answer cannot be unpacked.'],
};
