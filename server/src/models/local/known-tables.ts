import type { Table } from '#documents';
import type { Query } from './fields.ts';
import type { TableRow } from './find-tables.ts';
import type { Layout, PageLayout, Piece } from './layout.ts';
import { phraseKey } from './tokens.ts';

/** Rows of a table in which its header is looked for: above it stand titles and addresses. */
const HEADER_WITHIN = 60;
/** Of the columns that the best table names, so many must another one name to be of the same kind: a summary of taxes names one or two. */
const LIKE_THE_BEST = 0.75;
/** A label among other words of a header cell, such as `Unit price (EUR)`. */
const AMONG_WORDS = 0.55;
/** The column that the author's instructions number. */
const AT_POSITION = 0.95;

export type ColumnMatches = Map<number, { cell: number; strength: number }>;

/** A table of a format that knows its tables, with the columns found in it and the rows below its header. */
export interface KnownTable {
  matched: ColumnMatches;
  rows: TableRow[];
}

/** The tables of sheets, CSV, Word and HTML whose header names at least half of the wanted columns; one that goes on over pages is one. */
export function findKnownTables(columns: Query[], layout: Layout, endKeys: Set<string>): KnownTable[] {
  const found: KnownTable[] = [];
  let open: KnownTable | undefined;
  for (const page of layout.pages) {
    for (const table of page.tables) {
      const header: KnownHeader | undefined = table.continues && open !== undefined ? undefined : headerOf(table, columns);
      if (header !== undefined) {
        open = { matched: header.matched, rows: [] };
        found.push(open);
      } else if (!table.continues) open = undefined;
      if (open !== undefined && !addRows(open, table, (header?.row ?? -1) + 1, page, columns, endKeys)) open = undefined;
    }
  }
  const most = Math.max(0, ...found.map((each) => each.matched.size));
  return found.filter((each) => each.matched.size >= LIKE_THE_BEST * most);
}

interface KnownHeader {
  row: number;
  matched: ColumnMatches;
}

/** The first of the rows that name the most columns. */
function headerOf(table: Table, columns: Query[]): KnownHeader | undefined {
  let best: KnownHeader | undefined;
  table.rows.slice(0, HEADER_WITHIN).forEach((cells, row) => {
    const matched = matchCells(
      cells.map((cell) => cell.text),
      columns,
    );
    if (matched.size > (best?.matched.size ?? 0)) best = { row, matched };
  });
  const numbered = columns.map(positionOf);
  if (numbered.every((cell) => cell !== undefined) && best === undefined)
    return { row: headerless(table, columns), matched: atPositions(numbered) };
  if (best === undefined || best.matched.size * 2 < columns.length) return undefined;
  return best;
}

/** Of a table whose labels nobody knows the last of the rows above its items: where a number should be, they have none. -1 where there is none. */
function headerless(table: Table, columns: Query[]): number {
  const numbers = columns.flatMap((query) =>
    ['amount', 'number', 'percent', 'date'].includes(query.kind) ? [positionOf(query) ?? 0] : [],
  );
  const first = table.rows.slice(0, HEADER_WITHIN).findIndex((row) => numbers.every((cell) => /\d/.test(row[cell]?.text ?? '')));
  return numbers.length === 0 ? -1 : first - 1;
}

const atPositions = (cells: (number | undefined)[]): ColumnMatches =>
  new Map(cells.flatMap((cell, column) => (cell === undefined ? [] : [[column, { cell, strength: AT_POSITION }] as const])));

/** Which cell is which column: the surest pair first, none twice. A column that the author numbers is where they say. */
function matchCells(texts: string[], columns: Query[]): ColumnMatches {
  const keys = texts.map(phraseKey);
  const pairs = columns.flatMap((query, column) => keys.map((key, cell) => ({ column, cell, strength: strengthOf(key, query) })));
  const matched: ColumnMatches = new Map();
  const used = new Set<number>();
  for (const { column, cell, strength } of pairs.sort((a, b) => b.strength - a.strength)) {
    if (strength === 0 || matched.has(column) || used.has(cell)) continue;
    matched.set(column, { cell, strength });
    used.add(cell);
  }
  if (matched.size === 0) return matched;
  columns.forEach((query, column) => {
    const cell = positionOf(query);
    if (cell !== undefined && cell < texts.length) matched.set(column, { cell, strength: AT_POSITION });
  });
  return matched;
}

function strengthOf(key: string, query: Query): number {
  if (key === '' || key.length > 80) return 0;
  let strength = query.phrases.get(key) ?? 0;
  const total = key.split(' ').length;
  for (const [phrase, own] of query.phrases) {
    const share = phrase.split(' ').length / total;
    if (share >= 0.5 && share < 1 && ` ${key} `.includes(` ${phrase} `)) strength = Math.max(strength, own * (AMONG_WORDS + 0.4 * share));
  }
  return strength;
}

const POSITION = /\b(?:column|spalte|colonne|columna)\s+(\d{1,3})\b/i;

/** From 0: the column that the instructions number (`column 3`). */
export function positionOf(query: Query): number | undefined {
  const number = Number(POSITION.exec(query.spec.instructions)?.[1] ?? 0);
  return number > 0 ? number - 1 : undefined;
}

/** Adds the rows below a header; false where the table ended: at a row of sums, or at another header. */
function addRows(open: KnownTable, table: Table, from: number, page: PageLayout, columns: Query[], endKeys: Set<string>): boolean {
  const cells = [...open.matched.values()].map((match) => match.cell);
  const texts = new Set(columns.flatMap((query, column) => (query.kind === 'text' ? [open.matched.get(column)?.cell] : [])));
  const others = cells.filter((cell) => !texts.has(cell));
  for (const row of table.rows.slice(from)) {
    const filled = row.flatMap((cell, index) => (cell.text === '' ? [] : [index]));
    const wanted = filled.filter((index) => cells.includes(index));
    if (filled.length === 0) continue;
    if (isSum(row, filled, endKeys)) return false;
    if (
      matchCells(
        row.map((cell) => cell.text),
        columns,
      ).size >
      columns.length / 2
    )
      continue; // the header again, on the next page
    if (wanted.length === 0) continue;
    const pieces = row.map((cell) => piecesOf(cell, page));
    const last = open.rows.at(-1);
    if (last !== undefined && others.length > 0 && wanted.every((index) => texts.has(index)) && filled.length === 1) {
      for (const index of wanted) last.cells[index] = [...(last.cells[index] ?? []), ...(pieces[index] ?? [])];
    } else open.rows.push({ cells: pieces });
  }
  return true;
}

/** A row of sums: what it says first is `Total` or the like and nothing else, but for a rate or a currency. */
function isSum(row: Table['rows'][number], filled: number[], endKeys: Set<string>): boolean {
  const key = phraseKey(row[filled[0] ?? 0]?.text ?? '')
    .replace(/(?:^| )(?:\d+|eur|usd|gbp|chf)(?= |$)/g, '')
    .trim();
  return key !== '' && endKeys.has(key);
}

/** The words of a cell, each with the cell's place. */
function piecesOf({ text, box: [x0, y0, x1, y1] }: Table['rows'][number][number], page: PageLayout): Piece[] {
  const place = { x0: x0 * page.width, y0: y0 * page.height, x1: x1 * page.width, y1: y1 * page.height };
  return text
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => ({ text: word, confidence: 1, page: page.number, ...place }));
}
