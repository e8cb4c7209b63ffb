import type { Query } from './fields.ts';
import type { LabelHit } from './find-labels.ts';
import { type Layout, type Piece, type Rectangle, type Row, rectangleOf, segmentsOf } from './layout.ts';
import { pageOf, type ReadingContext } from './reading-context.ts';

/** The header of a list of items: a row of column labels. */
export interface TableHeader {
  row: Row;
  cells: { area: Rectangle; keys: string[]; quality: number }[];
}

/** The pieces of one item, by header cell. Lines that continue a description are in it. */
export interface TableRow {
  cells: Piece[][];
}

const MIN_COLUMNS = 3;
const MIN_LABEL_SHARE = 0.6; // of the words in a header row; a sentence that names two columns is no header
const END_GAP = 5; // heights of white space after which nothing belongs to the table
const MAX_ROWS = 2000;

/** Rows that are headers: labels of at least three columns, one of them of items (not `net, tax, total`), hardly a word besides, no digit. */
export function findHeaders(layout: Layout, columnHits: LabelHit[], itemKeys: Set<string>): TableHeader[] {
  const byRow = Map.groupBy(columnHits, (hit) => hit.row);
  const headers: TableHeader[] = [];
  for (const page of layout.pages) {
    for (const row of page.rows) {
      const header = headerOf(row, byRow.get(row) ?? [], itemKeys);
      if (header !== undefined) headers.push(header);
    }
  }
  return headers;
}

function headerOf(row: Row, hits: LabelHit[], itemKeys: Set<string>): TableHeader | undefined {
  if (!hits.some((hit) => itemKeys.has(hit.key)) || row.pieces.some((piece) => /\d/.test(piece.text))) return undefined;
  const segments = segmentsOf(row.pieces);
  const labelled = hits.reduce((sum, hit) => sum + hit.to - hit.from + 1, 0);
  const cells = segments.flatMap((segment) => cellsOf(segment, row, hits));
  const named = cells.filter((cell) => cell.keys.length > 0).length;
  if (named < MIN_COLUMNS || labelled / row.pieces.length < MIN_LABEL_SHARE) return undefined;
  return { row, cells };
}

/** A segment is one cell; where several labels stand in it with narrow gaps, each is one. */
function cellsOf(segment: Piece[], row: Row, hits: LabelHit[]): TableHeader['cells'] {
  const inside = hits.filter((hit) => segment.includes(row.pieces[hit.from] as Piece));
  if (inside.length <= 1) {
    const hit = inside[0];
    return [{ area: rectangleOf(segment), keys: hit === undefined ? [] : [hit.key], quality: hit?.quality ?? 0 }];
  }
  return inside.map((hit) => ({
    area: rectangleOf(row.pieces.slice(hit.from, hit.to + 1)),
    keys: [hit.key],
    quality: Math.max(hit.quality, 0.9),
  }));
}

/** Which header cell is which column: the surest pair first, none twice. */
export function matchColumns(header: TableHeader, columns: Query[]): Map<number, { cell: number; strength: number }> {
  const pairs: { column: number; cell: number; strength: number }[] = [];
  columns.forEach((query, column) => {
    header.cells.forEach((each, cell) => {
      const strength = Math.max(0, ...each.keys.map((key) => (query.phrases.get(key) ?? 0) * each.quality));
      if (strength > 0) pairs.push({ column, cell, strength });
    });
  });
  pairs.sort((a, b) => b.strength - a.strength || b.cell - a.cell);
  const matched = new Map<number, { cell: number; strength: number }>();
  const used = new Set<number>();
  for (const { column, cell, strength } of pairs) {
    if (matched.has(column) || used.has(cell)) continue;
    matched.set(column, { cell, strength });
    used.add(cell);
  }
  return matched;
}

/** Items below a header. A line without a number continues the item above it; a label of a sum, or white space, ends the list. */
export function rowsBelow(
  header: TableHeader,
  textCell: number | undefined,
  endKeys: Set<string>,
  context: ReadingContext,
  headers: TableHeader[],
): TableRow[] {
  const rows = pageOf(context.layout, header.row.page).rows;
  const others = new Set(headers.filter((each) => each !== header).map((each) => each.row));
  const items: TableRow[] = [];
  let last = header.row;
  for (let i = header.row.index + 1; i < rows.length && items.length < MAX_ROWS; i++) {
    const row = rows[i] as Row;
    if (row.y0 - last.y1 > END_GAP * row.height || others.has(row) || endsTable(row, endKeys, context)) break;
    const cells = distribute(row, header);
    const filled = cells.filter((cell) => cell.length > 0).length;
    const numeric = cells.some((cell, index) => index !== textCell && cell.some((piece) => /\d/.test(piece.text)));
    if (filled >= 2 && numeric) items.push({ cells });
    else if (!continueItem(items.at(-1), cells, textCell)) break;
    last = row;
  }
  return items;
}

const endsTable = (row: Row, endKeys: Set<string>, context: ReadingContext): boolean =>
  (context.hitsByRow.get(row) ?? []).some((hit) => hit.opens && endKeys.has(hit.key) && hit.from <= 2);

function continueItem(item: TableRow | undefined, cells: Piece[][], textCell: number | undefined): boolean {
  if (item === undefined || textCell === undefined) return item === undefined;
  const filled = cells.flatMap((cell, index) => (cell.length > 0 ? [index] : []));
  if (filled.length !== 1 || filled[0] !== textCell) return false;
  item.cells[textCell]?.push(...(cells[textCell] ?? []));
  return true;
}

/** Words of a row by header cell: whole segments where they lie in one column, word by word where they lie across. */
function distribute(row: Row, header: TableHeader): Piece[][] {
  const cells: Piece[][] = header.cells.map(() => []);
  for (const segment of segmentsOf(row.pieces)) {
    const area = rectangleOf(segment);
    const touched = header.cells.filter((cell) => overlap(cell.area, area) > 0.3 * (cell.area.x1 - cell.area.x0)).length;
    if (touched <= 1) cells[nearestCell(area, header)]?.push(...segment);
    else for (const piece of segment) cells[nearestCell(piece, header)]?.push(piece);
  }
  return cells;
}

const overlap = (a: Rectangle, b: Rectangle): number => Math.min(a.x1, b.x1) - Math.max(a.x0, b.x0);

function nearestCell(area: Rectangle, header: TableHeader): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  header.cells.forEach((cell, index) => {
    const shared = overlap(cell.area, area);
    const edges = Math.min(
      Math.abs(cell.area.x0 - area.x0),
      Math.abs(cell.area.x1 - area.x1),
      Math.abs(cell.area.x0 + cell.area.x1 - area.x0 - area.x1) / 2,
    );
    const distance = shared > 0 ? -shared / Math.min(cell.area.x1 - cell.area.x0, area.x1 - area.x0) : edges;
    if (distance < least) {
      best = index;
      least = distance;
    }
  });
  return best;
}
