import type { Json, TaskLog } from '#base';
import type { Box, Document } from '#documents';

/** One field that doc_to_structured looks for. `id` is the key of the value in the output. */
export interface FieldSpec {
  id: string;
  title: string;
  dataType: string;
  instructions: string;
  /** Of an enum. */
  values: string[];
  /** Of a table or an object. */
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
}

export interface Extraction {
  values: Record<string, Json>;
  /** By field id; a table has a list of rows of columns. */
  evidence: Record<string, Evidence | Record<string, Evidence>[]>;
  /** What was used, e.g. `local` or `openai_compatible:gpt-4.1`. */
  model: string;
  usage?: { inputTokens: number; outputTokens: number };
}

export interface Model {
  name: string;
  extract(
    document: Document,
    fields: FieldSpec[],
    options: { signal: AbortSignal; instructions?: string; log: TaskLog },
  ): Promise<Extraction>;
}

/** What a task may call. A name that is unknown here falls to the configured default, and `note` says so for the task's summary. */
export interface Models {
  resolve(name: string | undefined): { model: Model; note: string | undefined };
  list(): { name: string; provider: string; regions: string[] }[];
}
