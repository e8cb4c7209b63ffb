import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readAll } from 'node:stream/consumers';
import { expect } from 'vitest';

export interface CollectedSpan {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId: string | undefined;
  attributes: Record<string, unknown>;
  /** As traceId/spanId. */
  links: string[];
  isFailed: boolean;
  /** What the process calls itself. */
  resource: Record<string, unknown>;
}

/** An OpenTelemetry collector on loopback: OTLP over HTTP, in JSON, as a real one takes it. */
export interface TraceCollector {
  /** OTEL_EXPORTER_OTLP_ENDPOINT. */
  endpoint: string;
  spans(): CollectedSpan[];
  /** All that was ever sent, bodies and headers, as it came. */
  text(): string;
  /** Waits, with a deadline, for a span that the check accepts. */
  next(check: (span: CollectedSpan) => boolean): Promise<CollectedSpan>;
  close(): Promise<void>;
}

interface OtlpAttribute {
  key: string;
  value: { stringValue?: string; intValue?: number | string; doubleValue?: number; boolValue?: boolean };
}
interface OtlpBody {
  resourceSpans: {
    resource: { attributes: OtlpAttribute[] };
    scopeSpans: {
      spans: {
        name: string;
        traceId: string;
        spanId: string;
        parentSpanId?: string;
        attributes?: OtlpAttribute[];
        links?: { traceId: string; spanId: string }[];
        status?: { code?: number };
      }[];
    }[];
  }[];
}

const FAILED = 2; // STATUS_CODE_ERROR
const DEADLINE_MS = 30_000; // spans leave every 5 s

const valuesOf = (attributes: OtlpAttribute[] = []): Record<string, unknown> =>
  Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.stringValue ?? value.boolValue ?? value.doubleValue ?? (value.intValue === undefined ? undefined : Number(value.intValue)),
    ]),
  );

const spansOf = (body: OtlpBody): CollectedSpan[] =>
  body.resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(({ name, traceId, spanId, parentSpanId, attributes, links, status }) => ({
        name,
        traceId,
        spanId,
        parentSpanId: parentSpanId || undefined,
        attributes: valuesOf(attributes),
        links: (links ?? []).map((link) => `${link.traceId}/${link.spanId}`),
        isFailed: status?.code === FAILED,
        resource: valuesOf(resource.attributes),
      })),
    ),
  );

/** Close it after the platforms that send to it. */
export async function startTraceCollector(): Promise<TraceCollector> {
  const collected: CollectedSpan[] = [];
  let text = '';
  const server = createServer(async (request, response) => {
    const body = await readAll(request);
    text += `${request.url} ${JSON.stringify(request.headers)}\n${body}\n`;
    if (request.url === '/v1/traces') collected.push(...spansOf(JSON.parse(body) as OtlpBody));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans: () => collected,
    text: () => text,
    async next(check) {
      await expect.poll(() => collected.some(check), { timeout: DEADLINE_MS, interval: 50 }).toBe(true);
      return collected.find(check) as CollectedSpan;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
