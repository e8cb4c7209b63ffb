import type { Json, Log } from '#base';
import type { Box, Document } from '#documents';

/** One field that doc_to_structured looks for. `id` is the key of the value in the output. */
export interface FieldSpec {
  id: string;
  title: string;
  dataType: string;
  instructions: string;
  /** Of an enum. */
  values: string[];
  /** Of a table or an object; an object may hold objects and tables, a table's row objects. */
  columns: FieldSpec[];
}

export interface Evidence {
  /** 0..1, calibrated as far as known: what a review threshold compares. */
  confidence: number;
  /** From 1; null where the value cannot be traced to a page. */
  page: number | null;
  box: Box | null;
  /** The text on the page that the value was made from. */
  text: string | null;
  /** How it was found, or why not: for people. */
  reason: string;
  /** From 0, where several documents are read together: which of them. */
  document?: number;
}

/** Evidence by field id: of a table a list of its rows, of an object a list of one row. */
export type EvidenceMap = { [id: string]: Evidence | EvidenceMap[] };

export interface Extraction {
  values: Record<string, Json>;
  evidence: EvidenceMap;
  /** What was used, e.g. `local` or `openai_compatible:gpt-4.1`. */
  model: string;
  usage?: { inputTokens: number; outputTokens: number };
}

export interface Model {
  name: string;
  extract(document: Document, fields: FieldSpec[], options: { signal: AbortSignal; instructions?: string; log: Log }): Promise<Extraction>;
}

/** What a task may call. A name that is unknown here falls to the configured default, and `note` says so for the task's summary. */
export interface Models {
  resolve(name: string | undefined): { model: Model; note: string | undefined };
  list(): { name: string; provider: string; regions: string[] }[];
}
