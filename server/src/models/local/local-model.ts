import type { Json, JsonObject } from '#base';
import type { Document } from '#documents';
import type { Evidence, EvidenceMap, Extraction, FieldSpec, Model } from '../model.ts';
import { windowBlock } from './address-window.ts';
import type { Candidate } from './candidate.ts';
import { classifyDocument } from './classes/classify-document.ts';
import { candidatesFor, NOT_FOUND, resultOf } from './extract-field.ts';
import { extractTable, type RowResult } from './extract-table.ts';
import { canonicalType, conceptPhrases, type Query, queryOf } from './fields.ts';
import { findLabels } from './find-labels.ts';
import { findSum, type SumProof, withProof } from './find-sums.ts';
import { findHeaders, type TableHeader } from './find-tables.ts';
import type { Concept } from './labels/concept.ts';
import { CONCEPTS } from './labels/concepts.ts';
import { ITEM_COLUMNS } from './labels/items.ts';
import { layoutOf } from './layout.ts';
import { areaOf, customerAreaOf } from './parties.ts';
import { groupHits, habitsOf, type ReadingContext } from './reading-context.ts';

/**
 * The model without a language model: labels in four languages, the layout of the page, and validators. It reads a page in some
 * milliseconds, sends nothing anywhere, and says of each value where it stands and how sure it is. Pure but for the abort signal.
 */
export function createLocalModel(): Model {
  return {
    name: 'local',
    extract: async (document, fields, options) => {
      options.signal.throwIfAborted();
      return extract(document, fields, options.signal);
    },
    classify: async (document, classes, options) => {
      options.signal.throwIfAborted();
      return classifyDocument(document, classes);
    },
  };
}

type SumId = keyof SumProof;
const SUM_IDS = ['net', 'tax', 'gross'] as const;
const CUSTOMER = CONCEPTS.find((concept) => concept.id === 'customer_name');

const isTable = (field: FieldSpec): boolean => canonicalType(field.dataType) === 'table';
const isObject = (field: FieldSpec): boolean => canonicalType(field.dataType) === 'object';

const pageQuery = (field: FieldSpec): Query => queryOf(field, CONCEPTS);

/** Fields that hold a value of their own, those within objects too; of tables, their columns. */
const singlesOf = (fields: readonly FieldSpec[]): FieldSpec[] =>
  fields.flatMap((field) => (isTable(field) ? [] : isObject(field) ? singlesOf(field.columns) : [field]));
const tablesOf = (fields: readonly FieldSpec[]): FieldSpec[] =>
  fields.flatMap((field) => (isTable(field) ? [field] : isObject(field) ? tablesOf(field.columns) : []));
const columnQueries = (table: FieldSpec): Query[] => singlesOf(table.columns).map((column) => queryOf(column, ITEM_COLUMNS));

type Result = { value: Json; evidence: EvidenceMap[string] };

function extract(document: Document, fields: FieldSpec[], signal: AbortSignal): Extraction {
  const single = singlesOf(fields).map(pageQuery);
  const tables = tablesOf(fields).map(columnQueries);
  const { context, headers } = contextOf(document, single, tables);
  const proof = proofOf(single, context);
  const read = (field: FieldSpec): Result => {
    signal.throwIfAborted();
    if (isTable(field)) return tableResult(field, extractTable(columnQueries(field), headers, context));
    if (!isObject(field)) return extractSingle(pageQuery(field), proof, context);
    return field.columns.length === 0 ? NO_COLUMNS : objectResult(field.columns, read);
  };
  const { value, evidence } = objectResult(fields, read);
  return { values: value, evidence: evidence[0] ?? {}, model: 'local' };
}

const NO_COLUMNS: Result = { value: null, evidence: { ...NOT_FOUND, reason: 'the field names no columns' } };

/** An object is its columns, each looked for on the whole document; its evidence is a list of one row. */
function objectResult(columns: readonly FieldSpec[], read: (field: FieldSpec) => Result): { value: JsonObject; evidence: EvidenceMap[] } {
  const results = columns.map((column) => [column.id, read(column)] as const);
  return {
    value: Object.fromEntries(results.map(([id, result]) => [id, result.value])),
    evidence: [Object.fromEntries(results.map(([id, result]) => [id, result.evidence]))],
  };
}

/** Rows of a table as lists of objects, the columns of objects within a row put back in their place. */
function tableResult(field: FieldSpec, rows: RowResult[]): Result {
  const objects = rows.map((row) => {
    const cells = [...row];
    const read = (column: FieldSpec): Result => (isObject(column) ? objectResult(column.columns, read) : (cells.shift() ?? NO_COLUMNS));
    return objectResult(field.columns, read);
  });
  return { value: objects.map((each) => each.value), evidence: objects.flatMap((each) => each.evidence) };
}

/** Columns that only a list of items has. */
const OF_ITEMS = new Set(['item_description', 'item_quantity', 'item_unit_price']);

const phrasesOf = (concepts: readonly Concept[]): Set<string> =>
  new Set(concepts.flatMap((concept) => [...conceptPhrases(concept).keys()]));

function contextOf(document: Document, single: Query[], tables: Query[][]): { context: ReadingContext; headers: TableHeader[] } {
  const layout = layoutOf(document);
  const phrases = phrasesOf(CONCEPTS);
  for (const query of single) for (const key of query.phrases.keys()) phrases.add(key);
  const columnPhrases = phrasesOf(ITEM_COLUMNS);
  const itemKeys = phrasesOf(ITEM_COLUMNS.filter((concept) => OF_ITEMS.has(concept.id)));
  for (const query of tables.flat()) {
    for (const key of query.phrases.keys()) {
      columnPhrases.add(key);
      if (query.concept === undefined) itemKeys.add(key);
    }
  }
  const headers = findHeaders(layout, findLabels(layout, columnPhrases), itemKeys, Math.min(...tables.map((columns) => columns.length)));
  const headerRows = new Set(headers.map((header) => header.row));
  const context: ReadingContext = {
    layout,
    habits: habitsOf(layout),
    ...groupHits(findLabels(layout, phrases)),
    headerRows,
    customerArea: undefined,
  };
  context.customerArea = CUSTOMER === undefined ? undefined : customerAreaOf(CUSTOMER, context);
  const window = context.customerArea === undefined ? windowBlock(context) : undefined;
  if (window !== undefined) context.customerArea = areaOf(window);
  return { context, headers };
}

/** The sums are looked for even where no field asks for them all: what adds up proves the one that is asked for. */
function proofOf(queries: Query[], context: ReadingContext): SumProof | undefined {
  const candidates = { net: [], tax: [], gross: [] } as Record<SumId, Candidate[]>;
  for (const id of SUM_IDS) {
    const asked = queries.find((query) => query.concept?.id === id && query.kind === 'amount');
    const query = asked ?? pageQuery({ id, title: '', dataType: 'money', instructions: '', values: [], columns: [] });
    candidates[id] = candidatesFor(query, context).filter((candidate) => typeof candidate.value === 'number');
  }
  return findSum(candidates);
}

function extractSingle(query: Query, proof: SumProof | undefined, context: ReadingContext): { value: Json; evidence: Evidence } {
  const candidates = candidatesFor(query, context);
  const proven = query.kind === 'amount' ? proof?.[query.concept?.id as SumId] : undefined;
  if (proven === undefined) return resultOf(candidates, query, context);
  return resultOf([withProof(proven), ...candidates.filter((candidate) => candidate.value !== proven.value)], query, context);
}
