import type { Json, JsonObject } from '#base';
import type { Evidence } from '../model.ts';
import { type Candidate, strengthen } from './candidate.ts';
import { NOT_FOUND, resultOf } from './extract-field.ts';
import { conceptPhrases, type Query } from './fields.ts';
import { matchColumns, rowsBelow, type TableHeader, type TableRow } from './find-tables.ts';
import { readerOf } from './kinds/readers.ts';
import { cleanText } from './kinds/words.ts';
import { CONCEPTS } from './labels/concepts.ts';
import { type Piece, textOf } from './layout.ts';
import type { ReadingContext } from './reading-context.ts';

export interface TableResult {
  value: JsonObject[];
  evidence: Record<string, Evidence>[];
}

const CELL = 0.92; // a cell under its column's label, before letters and proofs
const PROOF = 0.3; // the doubt that is left when quantity x price = total
const ROUNDING = 0.02;

/** Labels of sums below a list: where it ends. */
const END_KEYS = new Set(
  CONCEPTS.filter((concept) => ['net', 'tax', 'gross', 'paid'].includes(concept.id)).flatMap((concept) => [
    ...conceptPhrases(concept).keys(),
  ]),
);

/** All items of the lists whose header names at least half of the wanted columns. */
export function extractTable(columns: Query[], headers: TableHeader[], context: ReadingContext): TableResult {
  const result: TableResult = { value: [], evidence: [] };
  for (const header of headers) {
    const matched = matchColumns(header, columns);
    if (matched.size * 2 < columns.length || matched.size === 0) continue;
    const text = columns.findIndex((query) => query.kind === 'text');
    const textCell = matched.get(text)?.cell ?? widestUnnumbered(header);
    for (const row of rowsBelow(header, textCell, END_KEYS, context, headers)) addItem(row, columns, matched, context, result);
  }
  return result;
}

/** The description's column, where none of the wanted columns is it. */
function widestUnnumbered(header: TableHeader): number | undefined {
  const index = header.cells.findIndex((cell) =>
    cell.keys.some((key) => ['description', 'beschreibung', 'bezeichnung', 'designation', 'descripcion', 'artikel', 'item'].includes(key)),
  );
  return index < 0 ? undefined : index;
}

function addItem(
  row: TableRow,
  columns: Query[],
  matched: Map<number, { cell: number; strength: number }>,
  context: ReadingContext,
  result: TableResult,
): void {
  const candidates = columns.map((query, column) => {
    const match = matched.get(column);
    return match === undefined ? undefined : readCell(row.cells[match.cell] ?? [], query, match.strength, context);
  });
  proveItem(columns, candidates);
  const values: [string, Json][] = [];
  const evidence: [string, Evidence][] = [];
  columns.forEach((query, column) => {
    const candidate = candidates[column];
    const cell = candidate === undefined ? { value: null, evidence: missing(matched.has(column)) } : resultOf([candidate], query, context);
    values.push([query.spec.id, cell.value]);
    evidence.push([query.spec.id, cell.evidence]);
  });
  result.value.push(Object.fromEntries(values));
  result.evidence.push(Object.fromEntries(evidence));
}

const missing = (hasColumn: boolean): Evidence => ({
  ...NOT_FOUND,
  reason: hasColumn ? 'the cell is empty' : 'no column of the table bears such a label',
});

function readCell(pieces: Piece[], query: Query, strength: number, context: ReadingContext): Candidate | undefined {
  const reason = `in the column of its label on page ${pieces[0]?.page ?? 1}`;
  if (query.kind === 'text' || query.dataType === 'string' || query.dataType === 'text') {
    const text = cleanText(textOf(pieces));
    return text === '' ? undefined : { value: text, pieces, score: CELL * strength, reason };
  }
  const reader = readerOf(query.kind, query.spec.values);
  for (let at = 0; at < pieces.length; at++) {
    const reading =
      reader(pieces, at, context.habits) ?? (query.kind === 'percent' ? readerOf('number', [])(pieces, at, context.habits) : undefined);
    if (reading === undefined) continue;
    const problem = reading.problem === undefined ? {} : { problem: reading.problem };
    return {
      value: reading.value,
      pieces: pieces.slice(at, at + reading.length),
      score: CELL * strength * reading.quality,
      reason,
      ...problem,
    };
  }
  if (pieces.length === 0) return undefined;
  return { value: null, pieces, score: 0, reason, problem: 'it is no value of this type' };
}

/** Quantity x price = total: three numbers that agree prove one another. */
function proveItem(columns: Query[], candidates: (Candidate | undefined)[]): void {
  const of = (id: string): Candidate | undefined => candidates[columns.findIndex((query) => query.concept?.id === id)];
  const [quantity, price, total] = [of('item_quantity'), of('item_unit_price'), of('item_total')];
  if (typeof quantity?.value !== 'number' || typeof price?.value !== 'number' || typeof total?.value !== 'number') return;
  if (Math.abs(quantity.value * price.value - total.value) > ROUNDING) return;
  for (const candidate of [quantity, price, total]) {
    candidate.score = strengthen(candidate.score, PROOF);
    candidate.reason = `${candidate.reason}; quantity times price is the total`;
  }
}
