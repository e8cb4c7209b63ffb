// A fetch that waits where the server asks it to: an answer that says "later" to a call that may be repeated is not the caller's business.

const MAX_TRIES = 4;
const MAX_PAUSE_MS = 30_000;
const FIRST_PAUSE_MS = 250;

/** Methods that may be repeated; another one needs an Idempotency-Key. */
const REPEATABLE = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']);
const LATER = new Set([429, 503]);

export type Fetch = (request: Request) => Promise<Response>;

/** Repeats a call that was answered with 429 or 503, after `Retry-After` or a growing pause; a POST only where it bears an Idempotency-Key. */
export function patientFetch(fetch: Fetch, timeoutMs: number, signal: AbortSignal | undefined): Fetch {
  return async (request) => {
    const mayRepeat = REPEATABLE.has(request.method) || request.headers.has('Idempotency-Key');
    for (let tries = 1; ; tries++) {
      const limits = [request.signal, AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])];
      const response = await fetch(new Request(request.clone(), { signal: AbortSignal.any(limits) }));
      if (!mayRepeat || !LATER.has(response.status) || tries === MAX_TRIES) return response;
      await response.body?.cancel();
      await pause(pauseMs(response, tries), signal);
    }
  };
}

function pauseMs(response: Response, tries: number): number {
  const asked = Number(response.headers.get('Retry-After'));
  return Math.min(MAX_PAUSE_MS, asked > 0 ? asked * 1000 : FIRST_PAUSE_MS * 2 ** tries * (0.5 + Math.random()));
}

/** Waits; rejects with the signal's reason where it ends the wait. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const stop = () => reject(signal?.reason);
  const timer = setTimeout(resolve, ms);
  signal?.addEventListener('abort', stop, { once: true });
  return promise.finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  });
}
