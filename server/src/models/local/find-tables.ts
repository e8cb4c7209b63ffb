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
const LINE_GAP = 1.6; // heights between the lines of one item
const END_GAP = 5; // heights of white space after which nothing belongs to the table
const MAX_ROWS = 2000;

/** Rows that are headers: labels of at least three columns (or of all that a narrower table is to have), one of them of items (not `net, tax, total`), hardly a word besides, no digit. */
export function findHeaders(layout: Layout, columnHits: LabelHit[], itemKeys: Set<string>, wantedColumns: number): TableHeader[] {
  const byRow = Map.groupBy(columnHits, (hit) => hit.row);
  const headers: TableHeader[] = [];
  for (const page of layout.pages) {
    for (const row of page.rows) {
      const header = headerOf(row, byRow.get(row) ?? [], itemKeys, wantedColumns);
      if (header !== undefined) headers.push(header);
    }
  }
  return headers;
}

function headerOf(row: Row, hits: LabelHit[], itemKeys: Set<string>, wantedColumns: number): TableHeader | undefined {
  if (!hits.some((hit) => itemKeys.has(hit.key)) || row.pieces.some((piece) => /\d/.test(piece.text))) return undefined;
  const segments = segmentsOf(row.pieces);
  const labelled = hits.reduce((sum, hit) => sum + hit.to - hit.from + 1, 0);
  const cells = segments.flatMap((segment) => cellsOf(segment, row, hits));
  const named = cells.filter((cell) => cell.keys.length > 0).length;
  const isNarrow = named >= 2 && named >= wantedColumns && named === cells.length; // the author wants two columns, and nothing else is there
  if ((named < MIN_COLUMNS && !isNarrow) || labelled / row.pieces.length < MIN_LABEL_SHARE) return undefined;
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

/** Rows at the top of the next page among which a list that has not ended goes on: its letterhead stands above. */
const RESUME_WITHIN = 15;

/**
 * Items below a header. A line without a number continues the item above it; a label of a sum, another header or white space ends the list. One
 * that runs to the end of its page goes on, in the same columns, on the next page that has no header of its own.
 */
export function rowsBelow(
  header: TableHeader,
  textCell: number | undefined,
  endKeys: Set<string>,
  context: ReadingContext,
  headers: TableHeader[],
): TableRow[] {
  const items: TableRow[] = [];
  const others = new Set(headers.filter((each) => each !== header).map((each) => each.row));
  const read = (rows: Row[], from: number): boolean => readItems(rows, from, items, { header, textCell, endKeys, context, others });
  if (!read(pageOf(context.layout, header.row.page).rows, header.row.index + 1)) return items;
  for (const page of context.layout.pages.filter((each) => each.number > header.row.page)) {
    const start = page.rows.slice(0, RESUME_WITHIN).findIndex((row) => looksLikeItem(row, items, header));
    if (items.length === 0 || page.rows.some((row) => others.has(row)) || start < 0 || !read(page.rows, start)) break;
  }
  return items;
}

interface ListReading {
  header: TableHeader;
  textCell: number | undefined;
  endKeys: Set<string>;
  context: ReadingContext;
  others: Set<Row>;
}

/** Adds the items of these rows; true where nothing but the page ended the list. */
function readItems(rows: Row[], from: number, items: TableRow[], { header, textCell, endKeys, context, others }: ListReading): boolean {
  let last = rows[from - 1];
  for (let i = from; i < rows.length && items.length < MAX_ROWS; i++) {
    const row = rows[i] as Row;
    if (others.has(row) || endsTable(row, endKeys, context)) return false;
    if (last !== undefined && i > from && row.y0 - last.y1 > END_GAP * row.height) return isFooter(rows.slice(i));
    if (last === header.row && row.y0 - last.y1 > END_GAP * row.height) return false;
    const cells = distribute(row, header);
    const filled = cells.filter((cell) => cell.length > 0).length;
    const numeric = cells.some((cell, index) => index !== textCell && cell.some((piece) => /\d/.test(piece.text)));
    if (filled >= 2 && numeric && resembles(cells, items[0])) items.push({ cells });
    else if ((last !== undefined && items.length > 0 && !isNear(last, row)) || !continueItem(items.at(-1), cells, textCell)) {
      return isFooter(rows.slice(i));
    }
    last = row;
  }
  return true;
}

/** Whether a row has numbers where the first item has them, rather than words: a line about the sender has none there. */
function resembles(cells: Piece[][], first: TableRow | undefined): boolean {
  if (first === undefined) return true;
  const places = first.cells.flatMap((cell, index) => (isNumber(cell) ? [index] : []));
  const numbers = places.filter((index) => isNumber(cells[index] ?? [])).length;
  const words = places.filter((index) => (cells[index] ?? []).length > 0).length - numbers;
  return places.length === 0 || (numbers > 0 && numbers >= words);
}

/** A number, perhaps with its currency or unit. */
const isNumber = (cell: Piece[]): boolean =>
  cell.some((piece) => /^[\d.,'’()%€$£+-]*\d[\d.,'’()%€$£+-]*$/.test(piece.text)) && cell.length <= 3;

const isNear = (above: Row, row: Row): boolean => row.y0 - above.y1 <= LINE_GAP * row.height;

/** What may stand below a list that goes on: a page number, a carried-over sum, a line about the sender. */
const MAX_FOOTER_ROWS = 4;
const isFooter = (rows: Row[]): boolean => rows.length <= MAX_FOOTER_ROWS;

/** A row that fills as many cells as most items do, numbers where they have numbers. */
function looksLikeItem(row: Row, items: TableRow[], header: TableHeader): boolean {
  const model = items[0];
  if (model === undefined) return false;
  const cells = distribute(row, header);
  return model.cells.every((cell, index) => {
    const isNumber = cell.length > 0 && cell.every((piece) => /\d/.test(piece.text));
    return !isNumber || (cells[index] ?? []).some((piece) => /\d/.test(piece.text));
  });
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
  for (const segment of segmentsOf(row.pieces).flatMap((each) => withoutNeighbours(each, header))) {
    const area = rectangleOf(segment);
    const touched = header.cells.filter((cell) => overlap(cell.area, area) > 0.3 * (cell.area.x1 - cell.area.x0)).length;
    if (touched <= 1) cells[nearestCell(area, header)]?.push(...segment);
    else for (const piece of segment) cells[nearestCell(piece, header)]?.push(piece);
  }
  return cells;
}

/** A number at the right of its column may stand a blank away from the text of the next one: it is taken off where another label is above it. */
function withoutNeighbours(segment: Piece[], header: TableHeader): Piece[][] {
  const [first, ...others] = segment;
  if (first === undefined || others.length === 0 || !/^[\d.,]+$/.test(first.text)) return [segment];
  const above = header.cells.findIndex((cell) => overlap(cell.area, first) > 0.8 * (first.x1 - first.x0));
  return above < 0 || above === nearestCell(rectangleOf(others), header) ? [segment] : [[first], others];
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
