import { type LabelHit, labelPieces } from './find-labels.ts';
import { type Piece, type Rectangle, type Row, rectangleOf, restOf, segmentsOf } from './layout.ts';
import { pageOf, type ReadingContext } from './reading-context.ts';

/** Rows below a label that may still hold its value, by distance and by number: what lies deeper belongs to something else. */
const BELOW_HEIGHTS = 3.2;
const BELOW_ROWS = 5;

/** A block of lines (an address) ends at a gap of more than this, in heights of its lines. */
const BLOCK_GAP = 1.5;
const BLOCK_LINES = 7;

const isSeparator = (piece: Piece): boolean => /^[:=.|]+$/.test(piece.text);

/** The next label of the row that opens a segment: where this one's value must end. A value may begin with a word that is a label elsewhere. */
function stopOf(hit: LabelHit, context: ReadingContext): number {
  const first = hit.row.pieces.findIndex((piece, index) => index > hit.to && !isSeparator(piece));
  const after = (context.hitsByRow.get(hit.row) ?? []).filter(
    (other) => other.from > hit.to && (other.marked || (other.opens && other.from !== first)),
  );
  return Math.min(hit.row.pieces.length, ...after.map((other) => other.from));
}

/** What stands to the right of a label, up to the next label: the rest of its own word first. */
export function rightOf(hit: LabelHit, context: ReadingContext): Piece[] {
  const last = hit.row.pieces[hit.to] as Piece;
  const rest = last.text.slice(hit.endOffset);
  const skip = /^[.)\]:=\s]*/.exec(rest)?.[0].length ?? 0;
  const pieces = hit.row.pieces.slice(hit.to + 1, stopOf(hit, context));
  while (pieces[0] !== undefined && isSeparator(pieces[0])) pieces.shift();
  return /[\p{L}\p{N}\p{Sc}]/u.test(rest.slice(skip)) ? [restOf(last, hit.endOffset + skip), ...pieces] : pieces;
}

const overlapShare = (a: Rectangle, b: Rectangle): number =>
  (Math.min(a.x1, b.x1) - Math.max(a.x0, b.x0)) / Math.max(1e-9, Math.min(a.x1 - a.x0, b.x1 - b.x0));

/** In one column: they share half of the narrower one's width, or begin at the same place. */
const inColumn = (a: Rectangle, b: Rectangle, height: number): boolean => overlapShare(a, b) > 0.5 || Math.abs(a.x0 - b.x0) < 0.7 * height;

/** A label that is sure enough of itself to end what stands above it. */
export const isFirmLabel = (hit: LabelHit): boolean => hit.opens && (hit.marked || (hit.quality > 0.9 && hit.key.length >= 5));

const opensWithLabel = (segment: Piece[], row: Row, context: ReadingContext): boolean =>
  (context.hitsByRow.get(row) ?? []).some((hit) => row.pieces[hit.from] === segment[0] && isFirmLabel(hit));

/** The first segment below a label in its column; none where another label stands there. */
export function belowOf(hit: LabelHit, context: ReadingContext): { pieces: Piece[]; row: Row } | undefined {
  const label = rectangleOf(labelPieces(hit));
  const rows = pageOf(context.layout, hit.row.page).rows;
  for (let i = hit.row.index + 1; i < Math.min(rows.length, hit.row.index + 1 + BELOW_ROWS); i++) {
    const row = rows[i] as Row;
    if (row.y0 - label.y1 > BELOW_HEIGHTS * Math.max(hit.row.height, row.height)) return undefined;
    const segment = segmentsOf(row.pieces).find((pieces) => inColumn(label, rectangleOf(pieces), hit.row.height));
    if (segment === undefined) continue;
    return opensWithLabel(segment, row, context) ? undefined : { pieces: segment, row };
  }
  return undefined;
}

/** Lines that follow `first` in its column, itself included: an address, a text of several lines. */
export function blockFrom(first: { pieces: Piece[]; row: Row }, context: ReadingContext): { pieces: Piece[]; row: Row }[] {
  const lines = [first];
  const height = first.row.height; // a speck between two lines has a height of its own
  const rows = pageOf(context.layout, first.row.page).rows;
  for (let i = first.row.index + 1; i < rows.length && lines.length < BLOCK_LINES; i++) {
    const row = rows[i] as Row;
    const last = rectangleOf((lines.at(-1) as { pieces: Piece[] }).pieces);
    const segment = segmentsOf(row.pieces).find((pieces) => inColumn(last, rectangleOf(pieces), row.height));
    if (segment !== undefined && rectangleOf(segment).y0 - last.y1 > BLOCK_GAP * Math.max(row.height, height)) break;
    if (segment === undefined) {
      if (row.y0 - last.y1 > BLOCK_GAP * Math.max(row.height, height)) break;
      continue;
    }
    if (opensWithLabel(segment, row, context)) break;
    lines.push({ pieces: segment, row });
  }
  return lines;
}

export const isInside = (piece: Piece, page: number, area: Rectangle): boolean => {
  const x = (piece.x0 + piece.x1) / 2;
  const y = (piece.y0 + piece.y1) / 2;
  return piece.page === page && x >= area.x0 && x <= area.x1 && y >= area.y0 && y <= area.y1;
};
