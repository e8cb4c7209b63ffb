import type { Evidence } from '../model.ts';
import { type Candidate, strengthen } from './candidate.ts';
import { type FieldResult, NOT_FOUND, resultOf } from './extract-field.ts';
import { conceptPhrases, type Query } from './fields.ts';
import { matchColumns, rowsBelow, type TableHeader, type TableRow } from './find-tables.ts';
import { readerOf } from './kinds/readers.ts';
import { cleanText } from './kinds/words.ts';
import { type ColumnMatches, findKnownTables } from './known-tables.ts';
import { CONCEPTS } from './labels/concepts.ts';
import { type Piece, textOf } from './layout.ts';
import { pageOf, type ReadingContext } from './reading-context.ts';

/** One row of a table: what each of the columns holds. */
export type RowResult = FieldResult[];

const CELL = 0.92; // a cell under its column's label, before letters and proofs
const PROOF = 0.3; // the doubt that is left when quantity x price = total
const ROUNDING = 0.02;

/** Labels of sums below a list: where it ends. */
const END_KEYS = new Set(
  CONCEPTS.filter((concept) => ['net', 'tax', 'gross', 'paid'].includes(concept.id)).flatMap((concept) => [
    ...conceptPhrases(concept).keys(),
  ]),
);

/** All items of the lists whose header names at least half of the wanted columns, first those of tables that the format knows. */
export function extractTable(columns: Query[], headers: TableHeader[], context: ReadingContext): RowResult[] {
  const result: RowResult[] = [];
  for (const table of findKnownTables(columns, context.layout, END_KEYS)) {
    for (const row of table.rows) result.push(readItem(row, columns, table.matched, context));
  }
  for (const header of headers) {
    if (pageOf(context.layout, header.row.page).tables.length > 0) continue;
    const matched = matchColumns(header, columns);
    if (matched.size * 2 < columns.length || matched.size === 0) continue;
    const text = columns.findIndex((query) => query.kind === 'text');
    const textCell = matched.get(text)?.cell ?? widestUnnumbered(header);
    for (const row of rowsBelow(header, textCell, END_KEYS, context, headers)) result.push(readItem(row, columns, matched, context));
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

function readItem(row: TableRow, columns: Query[], matched: ColumnMatches, context: ReadingContext): RowResult {
  const candidates = columns.map((query, column) => {
    const match = matched.get(column);
    return match === undefined ? undefined : readCell(row.cells[match.cell] ?? [], query, match.strength, context);
  });
  proveItem(columns, candidates);
  return columns.map((query, column) => {
    const candidate = candidates[column];
    return candidate === undefined ? { value: null, evidence: missing(matched.has(column)) } : resultOf([candidate], query, context);
  });
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
