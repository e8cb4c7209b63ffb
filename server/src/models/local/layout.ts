import type { Box, Document, Page, Table } from '#documents';

/** A word, or the rest of one behind a label, with its place in the units of the page (so that x and y have one scale). */
export interface Piece {
  text: string;
  confidence: number;
  page: number;
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

/** Words on one line of the page, left to right, however far apart. */
export interface Row {
  page: number;
  index: number;
  pieces: Piece[];
  y0: number;
  y1: number;
  height: number;
}

export interface PageLayout {
  number: number;
  width: number;
  height: number;
  quality: number;
  rows: Row[];
  /** Those that the format itself knows. */
  tables: Table[];
}

export interface Layout {
  pages: PageLayout[];
  language: string | null;
  text: string;
}

/** Beyond this a page is no document: what comes after is left unread, so that a hostile page costs a bounded time. */
const MAX_WORDS_A_PAGE = 20_000;

/** A gap of more than this, in heights of the line, ends a segment; blanks between words of running text stay below 0.6. */
const SEGMENT_GAP = 1.15;

/** Two words are on one line when their heights overlap by at least this share of the smaller one. */
const ROW_OVERLAP = 0.5;

/** Rows, segments and blocks of all pages; a slight turn of a scan is taken out first. */
export function layoutOf(document: Document): Layout {
  return { pages: document.pages.map(layoutPage), language: document.language, text: document.text };
}

function layoutPage(page: Page): PageLayout {
  const width = page.width > 0 ? page.width : 1;
  const height = page.height > 0 ? page.height : 1;
  const pieces: Piece[] = [];
  for (const word of page.words.slice(0, MAX_WORDS_A_PAGE)) {
    const [x0, y0, x1, y1] = word.box;
    if (!(x1 >= x0 && y1 > y0) || word.text.trim() === '') continue;
    pieces.push({
      text: word.text,
      confidence: word.confidence,
      page: page.number,
      x0: x0 * width,
      x1: x1 * width,
      y0: y0 * height,
      y1: y1 * height,
    });
  }
  const read = page.source === 'ocr' ? withoutSpecks(pieces) : pieces;
  const slope = page.source === 'ocr' ? slopeOf(read) : 0;
  return { number: page.number, width, height, quality: page.quality, rows: rowsOf(read, slope), tables: page.tables ?? [] };
}

const SPECK = 0.35; // of the usual height: dust and dots that OCR took for words

function withoutSpecks(pieces: Piece[]): Piece[] {
  const heights = pieces.map((piece) => piece.y1 - piece.y0).sort((a, b) => a - b);
  const usual = heights[heights.length >> 1] ?? 0;
  return pieces.filter((piece) => piece.y1 - piece.y0 >= SPECK * usual || /^[-–—.,]+$/.test(piece.text));
}

/** Words chained left to right into rows by their overlap in y, the slope taken out; ordered top to bottom. */
function rowsOf(pieces: Piece[], slope: number): Row[] {
  const open: { last: Piece; pieces: Piece[]; y0: number; y1: number }[] = [];
  const sorted = [...pieces].sort((a, b) => a.x0 - b.x0 || a.y0 - b.y0);
  for (const piece of sorted) {
    const y0 = piece.y0 - slope * piece.x0;
    const y1 = piece.y1 - slope * piece.x0;
    let best: (typeof open)[number] | undefined;
    let bestOverlap = ROW_OVERLAP;
    for (const row of open) {
      const overlap = (Math.min(y1, row.y1) - Math.max(y0, row.y0)) / Math.min(y1 - y0, row.y1 - row.y0);
      if (overlap > bestOverlap && !overlapsInX(row.last, piece)) {
        best = row;
        bestOverlap = overlap;
      }
    }
    if (best === undefined) open.push({ last: piece, pieces: [piece], y0, y1 });
    else {
      best.pieces.push(piece);
      best.last = piece;
      best.y0 = y0; // follows its last word, so that a curved line stays one row
      best.y1 = y1;
    }
  }
  const rows = open.map((row) => toRow(row.pieces)).sort((a, b) => middleOf(a, slope) - middleOf(b, slope));
  rows.forEach((row, index) => {
    row.index = index;
  });
  return rows;
}

const middleOf = (row: Row, slope: number): number => {
  const first = row.pieces[0];
  return first === undefined ? 0 : (first.y0 + first.y1) / 2 - slope * first.x0;
};

const overlapsInX = (a: Piece, b: Piece): boolean => Math.min(a.x1, b.x1) - Math.max(a.x0, b.x0) > 0.4 * Math.min(a.x1 - a.x0, b.x1 - b.x0);

function toRow(pieces: Piece[]): Row {
  const heights = pieces.map((piece) => piece.y1 - piece.y0).sort((a, b) => a - b);
  return {
    page: pieces[0]?.page ?? 0,
    index: 0,
    pieces,
    y0: Math.min(...pieces.map((piece) => piece.y0)),
    y1: Math.max(...pieces.map((piece) => piece.y1)),
    height: heights[heights.length >> 1] ?? 1,
  };
}

/** The turn of a scanned page as dy/dx: the median slope between neighbours on a line, weighted by nothing, since letters jitter evenly. */
function slopeOf(pieces: Piece[]): number {
  const rows = rowsOf(pieces, 0);
  const slopes: number[] = [];
  for (const row of rows) {
    for (const segment of segmentsOf(row.pieces)) {
      const first = segment[0];
      const last = segment.at(-1);
      if (first === undefined || last === undefined || last.x1 - first.x0 < 6 * row.height) continue;
      slopes.push((last.y0 + last.y1 - first.y0 - first.y1) / (last.x0 + last.x1 - first.x0 - first.x1));
    }
  }
  if (slopes.length < 3) return 0;
  slopes.sort((a, b) => a - b);
  const median = slopes[slopes.length >> 1] ?? 0;
  return Math.abs(median) < 0.1 ? median : 0;
}

/** Runs of words with ordinary blanks between them: cells of a table, columns of a letterhead. */
export function segmentsOf(pieces: Piece[]): Piece[][] {
  const segments: Piece[][] = [];
  let last: Piece | undefined;
  for (const piece of pieces) {
    const gap = last === undefined ? Number.POSITIVE_INFINITY : piece.x0 - last.x1;
    const height = last === undefined ? 1 : Math.max(last.y1 - last.y0, piece.y1 - piece.y0);
    if (gap > SEGMENT_GAP * height) segments.push([piece]);
    else segments.at(-1)?.push(piece);
    last = piece;
  }
  return segments;
}

export interface Rectangle {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

export function rectangleOf(pieces: readonly Piece[]): Rectangle {
  return {
    x0: Math.min(...pieces.map((piece) => piece.x0)),
    y0: Math.min(...pieces.map((piece) => piece.y0)),
    x1: Math.max(...pieces.map((piece) => piece.x1)),
    y1: Math.max(...pieces.map((piece) => piece.y1)),
  };
}

const clamp = (value: number): number => Math.round(Math.min(1, Math.max(0, value)) * 1e5) / 1e5;

/** The box of these words in 0..1 of their page. */
export function boxOf(pieces: readonly Piece[], page: PageLayout): Box {
  const { x0, y0, x1, y1 } = rectangleOf(pieces);
  return [clamp(x0 / page.width), clamp(y0 / page.height), clamp(x1 / page.width), clamp(y1 / page.height)];
}

export const textOf = (pieces: readonly Piece[]): string => pieces.map((piece) => piece.text).join(' ');

/** The part of a word from this offset on, its box cut by the share of letters. */
export function restOf(piece: Piece, offset: number): Piece {
  if (offset <= 0) return piece;
  return { ...piece, text: piece.text.slice(offset), x0: piece.x0 + ((piece.x1 - piece.x0) * offset) / Math.max(1, piece.text.length) };
}
