// The only file that knows the OpenTelemetry SDK, and it loads it only where an endpoint is set: 28 MB of modules that a start without traces does not
// wait for. The SDK is used as a library, with nothing registered globally: no instrumentation of ours or of others patches anything, so what leaves
// the process is what `begin` was given. For requests that is why @fastify/otel is not used: its spans bear the whole address, in which this API
// takes tickets and signatures.
import type { SpanKind as SpanKindOf } from '@opentelemetry/api';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-node';
import { allowedAttributes, type Config, type Log, newId, splitTraceparent } from '#base';
import type { OpenSpan, SpanKind, SpanStart, Tracing } from './tracing.ts';

const EXPORT_MS = 5_000; // of one batch; and what a process that ends waits for a collector
const MAX_LINKS = 32;
/** Of a collector that is away: once in this time is enough to know. */
const COMPLAIN_EVERY_MS = 60_000;

export type TracingConfig = Pick<Config, 'otlpEndpoint' | 'otlpTracesEndpoint' | 'otlpHeaders' | 'serviceName'>;

/** Where traces go; undefined where the operator wants none. */
export const tracesUrl = ({ otlpEndpoint, otlpTracesEndpoint }: TracingConfig): string | undefined =>
  otlpTracesEndpoint ?? (otlpEndpoint === undefined ? undefined : `${otlpEndpoint}/v1/traces`);

/** Undefined where no endpoint is set: then nothing of OpenTelemetry is loaded, and each place that would make a span is one branch. */
export async function startTracing(config: TracingConfig, log: Log): Promise<Tracing | undefined> {
  const url = tracesUrl(config);
  if (url === undefined) return undefined;
  const [api, sdk, { resourceFromAttributes }, { OTLPTraceExporter }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/exporter-trace-otlp-http'),
  ]);
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: EXPORT_MS, ...(config.otlpHeaders ? { headers: config.otlpHeaders } : {}) });
  const provider = new sdk.NodeTracerProvider({
    // Named one by one: the SDK's detectors would tell the command line and the environment, which may hold secrets.
    resource: resourceFromAttributes({ 'service.name': config.serviceName, 'service.instance.id': newId(), 'process.pid': process.pid }),
    spanProcessors: [new sdk.BatchSpanProcessor(withComplaints(exporter, log))],
  });
  const tracer = provider.getTracer('flow-platform');
  const kinds: Record<SpanKind, SpanKindOf> = {
    server: api.SpanKind.SERVER,
    internal: api.SpanKind.INTERNAL,
    producer: api.SpanKind.PRODUCER,
    consumer: api.SpanKind.CONSUMER,
  };
  const contextOf = (traceparent: string) => {
    const { traceId, spanId, isSampled } = splitTraceparent(traceparent);
    const traceFlags = isSampled ? api.TraceFlags.SAMPLED : api.TraceFlags.NONE;
    return { traceId, spanId, traceFlags, isRemote: true };
  };
  const begin = (name: string, { kind = 'internal', parent, links = [], attributes = {} }: SpanStart = {}): OpenSpan => {
    const span = tracer.startSpan(
      name,
      {
        kind: kinds[kind],
        attributes: allowedAttributes(attributes),
        links: links.slice(0, MAX_LINKS).map((link) => ({ context: contextOf(link) })),
      },
      parent === undefined ? api.ROOT_CONTEXT : api.trace.setSpanContext(api.ROOT_CONTEXT, contextOf(parent)),
    );
    const { traceId, spanId, traceFlags } = span.spanContext();
    let isOver = false;
    return {
      traceparent: `00-${traceId}-${spanId}-0${traceFlags & api.TraceFlags.SAMPLED}`,
      note: (more) => void span.setAttributes(allowedAttributes(more)),
      fail: () => void span.setStatus({ code: api.SpanStatusCode.ERROR }),
      end: () => {
        if (!isOver) span.end();
        isOver = true;
      },
    };
  };
  return { begin, close: () => closeWithin(provider, EXPORT_MS, log) };
}

/** The same exporter, whose failures are told in the log: once in a while, since a collector that is away stays so for long. */
function withComplaints(exporter: SpanExporter, log: Log): SpanExporter {
  let quietUntil = 0;
  return {
    export: (spans: ReadableSpan[], done) =>
      exporter.export(spans, (result) => {
        if (result.error !== undefined && performance.now() >= quietUntil) {
          quietUntil = performance.now() + COMPLAIN_EVERY_MS;
          log.warn({ reason: result.error.message, spans: spans.length }, 'spans were not taken by the collector, and are lost');
        }
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
  };
}

async function closeWithin(provider: { shutdown(): Promise<void> }, limitMs: number, log: Log): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, limitMs);
  const sent = provider.shutdown().catch((error: unknown) => log.warn({ err: error }, 'the last spans were not sent'));
  await Promise.race([sent, late]);
  clearTimeout(timer);
}
