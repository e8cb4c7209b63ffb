import { isJsonObject, type Json, type JsonObject } from '#base';

/** A value that a person should look at, with what is known of it. */
export interface Uncertain {
  /** `total`, or `lines[2].amount`. */
  field: string;
  value: Json;
  /** Null where nothing is known. */
  confidence: number | null;
  threshold: number;
  page: Json;
  box: Json;
  text: Json;
  reason: string | null;
}

export interface UncertainOptions {
  /** Judged alone; absent: all that there is evidence of. */
  fields: readonly string[] | undefined;
  threshold: number;
  /** By field, instead of `threshold`; columns of a table have that of their table. */
  thresholds: Readonly<Record<string, number>>;
  ignoreMissing: boolean;
}

const MAX_TEXT = 500; // of the page, beside the value: the reviewer sees the page itself

const own = (object: JsonObject, key: string): Json | undefined => (Object.hasOwn(object, key) ? object[key] : undefined);

/**
 * The values of extracted data whose confidence is below its threshold: those of the evidence beside them (`_evidence`, as doc_to_structured
 * gives it). A field that is asked for and has no evidence is uncertain, too. `judged` counts the values that were looked at.
 */
export function findUncertain(data: Json, options: UncertainOptions): { uncertain: Uncertain[]; judged: number } {
  const values = isJsonObject(data) ? data : {};
  const given = own(values, '_evidence');
  const evidence = isJsonObject(given) ? given : {};
  const uncertain: Uncertain[] = [];
  let judged = 0;
  for (const field of options.fields ?? Object.keys(evidence)) {
    const threshold = Object.hasOwn(options.thresholds, field) ? (options.thresholds[field] ?? options.threshold) : options.threshold;
    for (const [path, value, of] of leavesOf(field, own(values, field) ?? null, own(evidence, field) ?? null)) {
      if (value === null && options.ignoreMissing) continue;
      judged++;
      const entry = toUncertain(path, value, of, threshold);
      if (entry.confidence === null || entry.confidence < threshold) uncertain.push(entry);
    }
  }
  return { uncertain, judged };
}

/** A field is one value, or rows of them. */
function leavesOf(field: string, value: Json, evidence: Json): [string, Json, Json][] {
  if (!Array.isArray(evidence)) return [[field, value, evidence]];
  const rows = Array.isArray(value) ? value : [value];
  return evidence.flatMap((row, index) =>
    Object.entries(isJsonObject(row) ? row : {}).map(([column, cell]): [string, Json, Json] => {
      const at = rows[index];
      const path = Array.isArray(value) ? `${field}[${index}].${column}` : `${field}.${column}`;
      return [path, at !== undefined && isJsonObject(at) ? (own(at, column) ?? null) : null, cell];
    }),
  );
}

function toUncertain(field: string, value: Json, evidence: Json, threshold: number): Uncertain {
  const known = isJsonObject(evidence) ? evidence : {};
  const { confidence, page = null, box = null, text, reason } = known;
  return {
    field,
    value,
    confidence: typeof confidence === 'number' ? confidence : null,
    threshold,
    page,
    box,
    text: typeof text === 'string' ? text.slice(0, MAX_TEXT) : null,
    reason: typeof reason === 'string' ? reason.slice(0, MAX_TEXT) : null,
  };
}
