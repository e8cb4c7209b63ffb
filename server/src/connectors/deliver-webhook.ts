import { type CallOut, EgressError, retryAfterMs } from '#base';
import { readExcerpt } from './read-excerpt.ts';
import { readSigningKey, signMessage } from './sign-message.ts';

export interface WebhookMessage {
  url: string;
  /** The same for every try: by it a receiver knows what it has seen. */
  id: string;
  /** Exactly what is signed and sent. */
  payload: string;
  /** `whsec_` and base64: one, or several while a receiver changes over. */
  secrets: readonly string[];
  headers?: Readonly<Record<string, string>>;
}

export interface DeliveryResult {
  status: 'delivered' | 'failed';
  /** Undefined where no answer came. */
  responseStatus: number | undefined;
  responseExcerpt: string | undefined;
  error: { code: string; message: string; retryable: boolean } | undefined;
  retryAfterMs: number | undefined;
  durationMs: number;
}

const MAX_EXCERPT = 2000;
const GONE = 410;

/**
 * Sends one message by the rules of Standard Webhooks 1.0: signed at the moment of the try, delivered by any 2xx, no redirect followed. Every other
 * answer may come right later, but 410, by which a receiver says that it wants no more. Never throws but with the reason of an aborted signal.
 */
export async function deliverWebhook(
  callOut: CallOut,
  message: WebhookMessage,
  { signal, timeoutMs }: { signal: AbortSignal; timeoutMs: number },
): Promise<DeliveryResult> {
  const keys = message.secrets.map(readSigningKey);
  if (keys.length === 0 || keys.includes(undefined))
    return unsent('invalid_secret', 'A signing secret must be whsec_ and 24 to 64 bytes of base64.');
  const startedAt = performance.now();
  const elapsed = () => Math.round(performance.now() - startedAt);
  try {
    const response = await callOut(message.url, {
      method: 'POST',
      headers: { ...lowerCased(message.headers), ...signedHeaders(message, keys as Buffer[]) },
      body: message.payload,
      redirect: 'manual',
      signal,
      timeoutMs,
    });
    return { ...(await resultOf(response)), durationMs: elapsed() };
  } catch (error) {
    if (!(error instanceof EgressError)) throw error;
    return { ...unsent(error.code, error.message, RETRYABLE.has(error.code)), durationMs: elapsed() };
  }
}

const lowerCased = (headers: WebhookMessage['headers'] = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** What no header of the user's may replace. */
function signedHeaders({ id, payload }: WebhookMessage, keys: readonly Buffer[]): Record<string, string> {
  const timestamp = Math.floor(Date.now() / 1000);
  return {
    'content-type': 'application/json',
    'user-agent': 'flow-platform-webhooks/1',
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': keys.map((key) => signMessage(key, { id, timestamp, payload })).join(' '),
  };
}

const RETRYABLE = new Set(['connect_failed', 'timeout', 'response_broken', 'response_too_large', 'endpoint_busy']);

async function resultOf(response: Response): Promise<Omit<DeliveryResult, 'durationMs'>> {
  const { status } = response;
  const answer = { responseStatus: status, responseExcerpt: await readExcerpt(response, MAX_EXCERPT) };
  if (response.ok) return { ...answer, status: 'delivered', error: undefined, retryAfterMs: undefined };
  const retryable = status !== GONE;
  const message = retryable ? `The receiver answered ${status}.` : 'The receiver answered 410: it wants no more messages.';
  const error = { code: retryable ? 'delivery_failed' : 'endpoint_gone', message, retryable };
  return { ...answer, status: 'failed', error, retryAfterMs: retryAfterMs(response.headers.get('retry-after')) };
}

const unsent = (code: string, message: string, retryable = false): DeliveryResult => ({
  status: 'failed',
  responseStatus: undefined,
  responseExcerpt: undefined,
  error: { code, message, retryable },
  retryAfterMs: undefined,
  durationMs: 0,
});
