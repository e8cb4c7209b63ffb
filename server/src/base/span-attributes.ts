/**
 * All that a span may say: ids, words of ours and counts; never a value of a run, never an address, never a text that somebody wrote. A span
 * leaves the platform, so what is not in this list does not stand in one.
 */
export const SPAN_ATTRIBUTES = [
  'http.request.method',
  'http.route',
  'http.response.status_code',
  'flow.request_id',
  'flow.organization_id',
  'flow.flow_id',
  'flow.flow_execution_id',
  'flow.task_execution_id',
  'flow.executor',
  'flow.attempt',
  'flow.status',
  'flow.error_code',
  'flow.fused',
  'flow.worker',
  'flow.tasks',
  'flow.events',
] as const;

export type SpanAttribute = (typeof SPAN_ATTRIBUTES)[number];
export type SpanAttributes = Partial<Record<SpanAttribute, string | number | boolean | undefined>>;

const KNOWN: ReadonlySet<string> = new Set(SPAN_ATTRIBUTES);
/** An id, a status, a route pattern: nothing with a space in it, and nothing long. */
const WORD = /^[\w.:/*-]{1,200}$/;

/** What of the attributes may leave: also where a caller's types were got round. */
export function allowedAttributes(attributes: SpanAttributes): Record<string, string | number | boolean> {
  return Object.fromEntries(
    Object.entries(attributes).filter(
      (entry): entry is [string, string | number | boolean] =>
        KNOWN.has(entry[0]) && entry[1] !== undefined && (typeof entry[1] !== 'string' || WORD.test(entry[1])),
    ),
  );
}
