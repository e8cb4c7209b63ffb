import { type ActiveTrace, type SpanAttributes, withinTrace } from '#base';

export type SpanKind = 'server' | 'internal' | 'producer' | 'consumer';

export interface SpanStart {
  kind?: SpanKind;
  /** The span that this one is part of, as a traceparent; absent: a trace begins here. */
  parent?: string | undefined;
  /** Spans of other traces that it concerns, as traceparents: of a batch, the runs in it. The first 32 are kept. */
  links?: readonly string[];
  attributes?: SpanAttributes;
}

/** A span that is under way: also what the work within it belongs to (`withinTrace`). */
export interface OpenSpan extends ActiveTrace {
  note(attributes: SpanAttributes): void;
  /** Marks it as failed: whoever looks for what went wrong finds it. No message goes with it. */
  fail(): void;
  /** May be called twice. */
  end(): void;
}

/** Spans that leave the process for the operator's collector. Nothing here throws, or waits for the collector. */
export interface Tracing {
  begin(name: string, start?: SpanStart): OpenSpan;
  /** Sends what still waits, for a few seconds at most. */
  close(): Promise<void>;
}

/** Runs the work within a span, which it ends; a rejection marks it as failed. */
export async function traced<T>(tracing: Tracing, name: string, start: SpanStart, work: (span: OpenSpan) => Promise<T>): Promise<T> {
  const span = tracing.begin(name, start);
  try {
    return await withinTrace(span, () => work(span));
  } catch (error) {
    span.fail();
    throw error;
  } finally {
    span.end();
  }
}
