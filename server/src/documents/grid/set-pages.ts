import type { Box, Page, Table, TableCell, Word } from '../document.ts';
import { DocumentError } from '../document-error.ts';
import { cleanText, pageBox } from '../words.ts';
import type { Block } from './block.ts';
import { wrapWords } from './wrap-words.ts';

/** Characters of a line of running text: what a printed page holds. */
const LINE_WIDTH = 100;
/** Characters of a table's column, unless a word is longer: text beyond it goes on below. */
const COLUMN_WIDTH = 40;
/** Blanks between columns: more than two, so that nobody takes two cells for one text. */
const COLUMN_GAP = 3;
/** Lines and words of a page, where nothing ends it sooner: a page of more words would hold up whoever receives it. */
const PAGE_LINES = 1_000;
const PAGE_WORDS = 20_000;
/** Cells of a table, the empty ones too: some 150 bytes each. */
const MAX_CELLS = 1_000_000;
/** Characters of a table: cells of a sheet may share one long text, so that a small file holds a library. */
const MAX_CHARACTERS = 20_000_000;

/** In characters and lines: from the left and the top of the page. */
type Cells = [x0: number, y0: number, x1: number, y1: number];

interface Placed {
  text: string;
  place: Cells;
}

/** A page while it is set. */
interface Sheet {
  title: string | undefined;
  height: number;
  words: Placed[];
  lines: string[];
  tables: { rows: Placed[][]; continues: boolean }[];
}

const emptySheet = (title?: string): Sheet => ({ title, height: 0, words: [], lines: [], tables: [] });

/**
 * Sets blocks on a grid of characters, as a typewriter would: a page is as wide as its longest line, a word's box is where it stands in the
 * grid, and the cells of a table stand in columns. So a document without pages has places that can be shown, and that rules for layout
 * apply to. The text of a table has a line for each row, with tabs between the cells. An empty document is one empty page.
 */
export function* setPages(blocks: Iterable<Block>): Generator<Page> {
  let number = 0;
  for (const sheet of setSheets(blocks)) {
    if (sheet.words.length > 0 || sheet.title !== undefined) yield toPage(sheet, ++number);
  }
  if (number === 0) yield toPage(emptySheet(), 1);
}

/** Sheets as they become full, or end. */
function* setSheets(blocks: Iterable<Block>): Generator<Sheet> {
  let sheet = emptySheet();
  for (const block of blocks) {
    if (block.kind === 'table') sheet = yield* setTable(sheet, block.rows);
    else if (block.kind === 'gap') setGap(sheet);
    else {
      if (block.kind === 'page' || isFull(sheet)) {
        yield sheet;
        sheet = emptySheet(block.kind === 'page' ? block.title : sheet.title);
      }
      if (block.kind === 'line') setLine(sheet, block.text);
    }
  }
  yield sheet;
}

const isFull = (sheet: Sheet): boolean => sheet.height >= PAGE_LINES || sheet.words.length >= PAGE_WORDS;

function setGap(sheet: Sheet): void {
  if (sheet.height === 0) return;
  sheet.height++;
  if (sheet.lines.at(-1) !== '') sheet.lines.push('');
}

function setLine(sheet: Sheet, text: string): void {
  const words = wordsOf(text);
  for (const line of wrapWords(words, LINE_WIDTH)) {
    for (const { word, at } of line) sheet.words.push({ text: word, place: [at, sheet.height, at + word.length, sheet.height + 1] });
    sheet.height++;
  }
  if (words.length > 0) sheet.lines.push(words.join(' '));
}

const wordsOf = (text: string): string[] => cleanText(text).split(/\s+/).filter(Boolean);

/** Sets a table over as many sheets as it takes; answers the last one, which others may follow on. */
function* setTable(first: Sheet, rows: string[][]): Generator<Sheet, Sheet> {
  const widths = columnWidths(rows);
  if (rows.length * widths.length > MAX_CELLS) throw tooManyCells();
  let sheet = first;
  let table: Sheet['tables'][number] | undefined;
  for (const row of rows) {
    if (isFull(sheet)) {
      yield sheet;
      sheet = emptySheet(sheet.title);
    }
    if (table === undefined || !sheet.tables.includes(table)) {
      table = { rows: [], continues: table !== undefined };
      sheet.tables.push(table);
    }
    table.rows.push(setRow(sheet, row.map(wordsOf), widths));
  }
  return sheet;
}

function columnWidths(rows: string[][]): number[] {
  const widths: number[] = [];
  let characterCount = 0;
  for (const row of rows) {
    row.forEach((text, column) => {
      characterCount += text.length;
      if (characterCount > MAX_CHARACTERS) throw tooMuchText();
      widths[column] = Math.max(widths[column] ?? 1, widthOf(text));
    });
  }
  return Array.from(widths, (width) => width ?? 1);
}

function widthOf(text: string): number {
  if (text.length <= COLUMN_WIDTH && !text.includes('\n')) return text.length;
  const words = wordsOf(text);
  const whole = words.reduce((length, word) => length + word.length + 1, -1);
  return Math.max(Math.min(whole, COLUMN_WIDTH), ...words.map((word) => word.length));
}

/** Sets one row of a table; answers its cells, as many as there are columns. */
function setRow(sheet: Sheet, row: string[][], widths: number[]): Placed[] {
  const cells: Placed[] = [];
  let left = 0;
  let height = 1;
  widths.forEach((width, column) => {
    const words = row[column] ?? [];
    const placed = wrapWords(words, width).flatMap((line, below) =>
      line.map(({ word, at }): Placed => {
        const top = sheet.height + below;
        return { text: word, place: [left + at, top, left + at + word.length, top + 1] };
      }),
    );
    sheet.words.push(...placed);
    cells.push({ text: words.join(' '), place: boundsOf(placed) ?? [left, sheet.height, left + width, sheet.height + 1] });
    height = Math.max(height, (placed.at(-1)?.place[3] ?? 0) - sheet.height);
    left += width + COLUMN_GAP;
  });
  sheet.height += height;
  sheet.lines.push(
    cells
      .map((cell) => cell.text)
      .join('\t')
      .trimEnd(),
  );
  return cells;
}

function boundsOf(placed: Placed[]): Cells | undefined {
  const first = placed[0];
  if (first === undefined) return undefined;
  const bounds: Cells = [...first.place];
  for (const { place } of placed) {
    bounds[0] = Math.min(bounds[0], place[0]);
    bounds[2] = Math.max(bounds[2], place[2]);
    bounds[3] = Math.max(bounds[3], place[3]);
  }
  return bounds;
}

function toPage(sheet: Sheet, number: number): Page {
  const cells = sheet.tables.flatMap((table) => table.rows.flat());
  const size = {
    width: [...sheet.words, ...cells].reduce((widest, { place }) => Math.max(widest, place[2]), 1),
    height: Math.max(1, sheet.height),
  };
  const box = (place: Cells): Box => pageBox(...place, size);
  const toCell = ({ text, place }: Placed): TableCell => ({ text, box: box(place) });
  const words = sheet.words.map(({ text, place }): Word => ({ text, box: box(place), confidence: 1 }));
  const tables = sheet.tables.map(({ rows, continues }): Table => ({ rows: rows.map((row) => row.map(toCell)), continues }));
  return {
    number,
    ...(sheet.title === undefined ? {} : { title: sheet.title }),
    ...size,
    text: sheet.lines.join('\n').trim(),
    quality: 1,
    source: 'text_layer',
    words,
    ...(tables.length === 0 ? {} : { tables }),
  };
}

const tooManyCells = () =>
  new DocumentError('document_memory', `A table has more than ${MAX_CELLS} cells, which is more than a flow can carry; split it.`);

const tooMuchText = () =>
  new DocumentError(
    'document_memory',
    `A table has more than ${MAX_CHARACTERS} characters, which is more than a flow can carry; split it.`,
  );
