import type { PageLayout, Piece, Row } from './layout.ts';
import { segmentsOf, textOf } from './layout.ts';
import { findSender, opensLabel } from './letterhead.ts';
import { type Line, POSTCODE } from './parties.ts';
import type { ReadingContext } from './reading-context.ts';
import { blockFrom } from './value-areas.ts';

/** Where the window of an envelope shows the address, in shares of the page (DIN 5008, NF Z 11-001), with room for other habits. */
const TOP = 0.05;
const BOTTOM = 0.32;
const LEFT = 0.35;
const LETTER_ASPECT = 0.6; // a receipt is narrower, and what stands at its top is the shop
const LINES = { least: 3, most: 6 };

/** The customer of a letter that does not label it: the block of the address window, below or beside the sender. */
export function windowBlock(context: ReadingContext): Line[] | undefined {
  const page = context.layout.pages[0];
  const sender = findSender(context);
  if (page === undefined || sender === undefined || page.width / page.height < LETTER_ASPECT) return undefined;
  const apart = (row: Row, start: Piece): boolean => sender.row.index < row.index || (sender.pieces[0]?.x0 ?? 0) > start.x1;
  for (const row of page.rows) {
    const first = segmentsOf(row.pieces)[0];
    const start = first?.[0];
    if (first === undefined || start === undefined || !isInWindow(row, start, page)) continue;
    if (sender.row === row || !apart(row, start) || opensLabel(first, row, context) || POSTCODE.test(textOf(first))) continue;
    const lines = blockFrom({ pieces: first, row }, context);
    const count = lines.findIndex((line) => POSTCODE.test(textOf(line.pieces))) + 1;
    if (count >= LINES.least && count <= LINES.most && !lines.some((line) => line.row === sender.row)) return lines.slice(0, count);
  }
  return undefined;
}

const isInWindow = (row: Row, start: Piece, page: PageLayout): boolean =>
  row.y0 >= TOP * page.height && row.y0 <= BOTTOM * page.height && start.x0 <= LEFT * page.width;
