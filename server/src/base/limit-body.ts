import { EgressError } from './egress-error.ts';

/** The same response, whose body fails with `response_too_large` beyond the limit (counted unpacked) and with `timeout` when time is up. */
export function limitBody(response: Response, maxBytes: number, timeout: AbortSignal, timeoutMs: number): Response {
  const tooLarge = () => new EgressError('response_too_large', `The answer is larger than ${maxBytes} bytes.`);
  if (Number(response.headers.get('content-length') ?? 0) > maxBytes) {
    void response.body?.cancel();
    throw tooLarge();
  }
  if (response.body === null) return response;
  const reader = response.body.getReader();
  let seen = 0;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) return controller.close();
        seen += value.byteLength;
        if (seen <= maxBytes) return controller.enqueue(value);
        controller.error(tooLarge());
        await reader.cancel();
      } catch (error) {
        controller.error(timeout.aborted ? new EgressError('timeout', `No whole answer within ${timeoutMs} ms.`, error) : error);
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
  const limited = new Response(body, { status: response.status, statusText: response.statusText, headers: response.headers });
  Object.defineProperty(limited, 'url', { value: response.url });
  return limited;
}
