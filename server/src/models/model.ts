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

/** One kind of document that classify_document tells apart. */
export interface ClassSpec {
  name: string;
  description: string;
  /** Texts, or parts of texts, of this kind. */
  examples: string[];
  /** Words and phrases that only this kind has. */
  keywords: string[];
}

export interface Classification {
  /** Index of the likeliest class. */
  best: number;
  /** 0..1, calibrated as far as known: that the best class is right, and that it is any of them. */
  confidence: number;
  /** 0..1 of each class, in their order; what they leave of 1 is the share of none of them. */
  scores: number[];
  /** What spoke for it: for people. */
  reason: string;
  /** Words on the pages that spoke for the best class, the strongest first; none where nothing on the pages did. */
  evidence: { text: string; page: number; box: Box }[];
  model: string;
  usage?: { inputTokens: number; outputTokens: number };
}

export interface Model {
  name: string;
  /** Which of the classes the document is of; there is at least one class. Throws as `extract` does. */
  classify(
    document: Document,
    classes: ClassSpec[],
    options: { signal: AbortSignal; instructions?: string; log: TaskLog },
  ): Promise<Classification>;
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
