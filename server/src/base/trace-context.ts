import { AsyncLocalStorage } from 'node:async_hooks';
import type { SpanAttributes } from './span-attributes.ts';

/** What is going on here belongs to this trace. */
export interface ActiveTrace {
  /** The span that is open, or the one that the caller named: what goes out names it as its parent. W3C Trace Context, version 00. */
  readonly traceparent: string;
  /** Says more of the span that is open; absent where this process writes no spans and only passes the trace on. */
  note?(attributes: SpanAttributes): void;
}

const FORM = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const ZERO = /^0+$/;
const NO_VERSION = 'ff';
const SAMPLED = 0x01;

/**
 * Reads the header `traceparent` (W3C Trace Context 3.2) and answers it in version 00, with the sampled flag alone; undefined where it is malformed,
 * sent twice or absent: then the trace begins here. A later version is read by its first four fields, as the standard asks for.
 */
export function parseTraceparent(header: string | string[] | undefined): string | undefined {
  const [, version, traceId, spanId, flags, more] = (typeof header === 'string' && FORM.exec(header)) || [];
  if (version === undefined || traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  if (version === NO_VERSION || (version === '00' && more !== undefined)) return undefined;
  if (ZERO.test(traceId) || ZERO.test(spanId)) return undefined;
  return `00-${traceId}-${spanId}-0${Number.parseInt(flags, 16) & SAMPLED}`;
}

/** The parts of a traceparent that `parseTraceparent` has answered. */
export function splitTraceparent(traceparent: string): { traceId: string; spanId: string; isSampled: boolean } {
  return { traceId: traceparent.slice(3, 35), spanId: traceparent.slice(36, 52), isSampled: traceparent.endsWith('1') };
}

const active = new AsyncLocalStorage<ActiveTrace>();

/** Runs the work, and all that it starts, within a trace: its log lines bear the trace's id, its calls out name it. */
export const withinTrace = <T>(trace: ActiveTrace, work: () => T): T => active.run(trace, work);

/** The trace that the present work belongs to; undefined outside of any. */
export const activeTrace = (): ActiveTrace | undefined => active.getStore();
