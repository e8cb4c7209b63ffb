import { EgressError } from './egress-error.ts';

export interface BodyLimits {
  /** Of the body, unpacked. */
  maxBytes: number;
  /** What an error of the connection means. */
  explain(error: unknown): unknown;
  /** Called once when nothing more will be read, however that came. */
  onEnd(): void;
}

/** The same response, whose body fails with `response_too_large` beyond the limit, and else with what `explain` makes of its error. */
export function limitBody(response: Response, { maxBytes, explain, onEnd }: BodyLimits): Response {
  if (response.body === null) {
    onEnd();
    return response;
  }
  const tooLarge = () => new EgressError('response_too_large', `The answer is larger than ${maxBytes} bytes.`);
  const reader = response.body.getReader();
  const abandon = (reason?: unknown) => {
    onEnd();
    return reader.cancel(reason).catch(() => {});
  };
  if (Number(response.headers.get('content-length') ?? 0) > maxBytes) {
    void abandon();
    throw tooLarge();
  }
  let seen = 0;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) {
          onEnd();
          return controller.close();
        }
        seen += value.byteLength;
        if (seen <= maxBytes) return controller.enqueue(value);
        controller.error(tooLarge());
        await abandon();
      } catch (error) {
        onEnd();
        controller.error(explain(error));
      }
    },
    cancel: abandon,
  });
  return withBody(response, body);
}

/** A status that no Response can bear (999 is seen in the wild) is an answer that is none. */
function withBody(response: Response, body: ReadableStream<Uint8Array>): Response {
  const { status, statusText, headers } = response;
  if (status < 200 || status > 599) {
    void body.cancel();
    throw new EgressError('response_broken', `The answer has the status ${status}.`);
  }
  const limited = new Response(body, { status, statusText, headers });
  Object.defineProperty(limited, 'url', { value: response.url });
  return limited;
}
