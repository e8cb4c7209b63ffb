import type { Candidate } from './candidate.ts';
import { bare } from './kinds/kind.ts';
import { cleanText } from './kinds/words.ts';
import { type PageLayout, type Piece, type Row, segmentsOf, textOf } from './layout.ts';
import { isInCustomerArea, type Line, POSTCODE } from './parties.ts';
import type { ReadingContext } from './reading-context.ts';
import { fold, phraseKey } from './tokens.ts';
import { blockFrom } from './value-areas.ts';

/** Forms of companies; the points in them vary, so they are compared without. */
const LEGAL_FORM =
  /(?:^|\s)(?:gmbh|mbh|ag|kg|ug|ohg|gbr|e\s?k|ev|se|ltd|limited|llc|llp|inc|incorporated|corp|corporation|co|plc|sarl|sas|sasu|eurl|sa|sl|slu|sau|srl|spa|bv|nv|ab|as|oy|aps|pty|sdn bhd|bhd|gesellschaft|company)(?:\s|$)/;

const legalText = (text: string): string => ` ${fold(text).replace(/[.,&]/g, '')} `;

const TITLES = new Set([
  'invoice',
  'tax invoice',
  'rechnung',
  'facture',
  'factura',
  'receipt',
  'quittung',
  'credit note',
  'gutschrift',
  'page',
  'seite',
  'original',
  'copy',
  'kopie',
  'duplicate',
  'pro forma invoice',
  'proforma',
  'avoir',
  'recibo',
  'order confirmation',
  'bill',
]);

const TOP_SHARE = 0.4; // a letterhead stands in the upper part of the first page
const SENDER_SEPARATOR = /\s[·•|–—-]\s|[·•|]|,\s/;

interface Place {
  row: Row;
  pieces: Piece[];
  text: string;
  score: number;
}

/** The sender of a document that does not label it: a company form, large type, first place, printed again in the foot. */
export function findSender(context: ReadingContext): Place | undefined {
  const page = context.layout.pages[0];
  if (page === undefined) return undefined;
  const heights = page.rows.map((row) => row.height).sort((a, b) => a - b);
  const usual = heights[heights.length >> 1] ?? 1;
  const everywhere = ` ${phraseKey(context.layout.text.slice(0, 50_000))} `;
  let best: Place | undefined;
  for (const place of senderPlaces(page, context)) {
    place.score = senderScore(place, page, usual, everywhere);
    if (best === undefined || place.score > best.score) best = place;
  }
  return best;
}

function* senderPlaces(page: PageLayout, context: ReadingContext): Generator<Place> {
  for (const row of page.rows) {
    for (const segment of segmentsOf(row.pieces)) {
      if (isInCustomerArea(segment, context) || opensLabel(segment, row, context) || context.headerRows.has(row)) continue;
      const pieces = senderPart(segment);
      const text = cleanText(textOf(pieces)).replace(REGISTRATION, '');
      if (isPlausible(text)) yield { row, pieces, text, score: 0 };
    }
  }
}

/** A registration number behind the name. */
const REGISTRATION = /\s*\([^()]*\d[^()]*\)?\s*$/;

/** The segment begins with a label, so that it is no name. */
export const opensLabel = (segment: Piece[], row: Row, context: ReadingContext): boolean =>
  (context.hitsByRow.get(row) ?? []).some((hit) => row.pieces[hit.from] === segment[0] && hit.opens && hit.quality > 0.8);

/** A window envelope's line names sender and address in one: `ACME GmbH · Weg 1 · 10115 Berlin`. */
function senderPart(segment: Piece[]): Piece[] {
  const end = segment.findIndex(
    (piece, i) => i > 0 && (/^[·•|–—-]$/.test(piece.text) || (/[,·•|]$/.test(segment[i - 1]?.text ?? '') && i > 0)),
  );
  return end > 0 && SENDER_SEPARATOR.test(textOf(segment)) ? segment.slice(0, end) : segment;
}

function isPlausible(text: string): boolean {
  const key = phraseKey(text);
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const digits = text.match(/\d/g)?.length ?? 0;
  return (
    letters >= 3 &&
    text.length <= 80 &&
    letters / (letters + digits) > 0.75 &&
    letters / text.length > 0.45 &&
    !TITLES.has(key) &&
    !/[@]|www\.|^https?:/i.test(text) &&
    !POSTCODE.test(text)
  );
}

function senderScore(place: Place, page: PageLayout, usualHeight: number, everywhere: string): number {
  const key = phraseKey(place.text);
  const y = place.row.y0 / page.height;
  let score = 0.2;
  if (key.includes(' ') && LEGAL_FORM.test(legalText(place.text))) score += 0.3;
  if (y < TOP_SHARE) score += 0.18 * (1 - y / TOP_SHARE) + 0.04;
  if (place.row.index === 0) score += 0.06;
  if (place.row.height > 1.25 * usualHeight) score += 0.12;
  if (key.length > 4 && everywhere.indexOf(` ${key} `) !== everywhere.lastIndexOf(` ${key} `)) score += 0.12;
  if (!key.includes(' ')) score -= 0.06;
  if (/^\p{Ll}/u.test(place.text) || /[!?]$/.test(place.text) || key.split(' ').length > 6) score -= 0.15;
  return Math.min(0.88, score);
}

/** The sender's name as a candidate. */
export function senderCandidates(context: ReadingContext): Candidate[] {
  const place = findSender(context);
  if (place === undefined || place.score < 0.3) return [];
  return [
    {
      value: bareName(place.text),
      pieces: place.pieces,
      score: place.score,
      reason: `stands where the sender does on page ${place.row.page}; no label names it`,
    },
  ];
}

const bareName = (text: string): string => text.replace(/\s*[·•|]\s*$/, '');

/** The sender's address: behind the name in its line, under it, or in a block of its own at the top. */
export function senderAddressCandidates(context: ReadingContext): Candidate[] {
  const place = findSender(context);
  if (place === undefined || place.score < 0.3) return [];
  return [restOfLine(place), linesUnder(place, context), blockAtTop(place, context)].filter((candidate) => candidate !== undefined);
}

function restOfLine(place: Place): Candidate | undefined {
  const last = place.pieces.at(-1);
  const segment = segmentsOf(place.row.pieces).find((pieces) => last !== undefined && pieces.includes(last)) ?? [];
  const rest = segment.slice(place.pieces.length);
  const value = cleanText(textOf(rest).replace(/\s*[·•|]\s*/g, ', ')).replace(/^[,\s]+/, '');
  if (!POSTCODE.test(value)) return undefined;
  const pieces = rest.filter((piece) => bare(piece.text) !== '' && !/^[·•|–—-]$/.test(piece.text));
  return { value, pieces, score: place.score, reason: `stands behind the sender's name on page ${place.row.page}` };
}

const linesUnder = (place: Place, context: ReadingContext): Candidate | undefined =>
  addressCandidate(
    blockFrom({ pieces: place.pieces, row: place.row }, context).slice(1),
    place.score,
    `stands under the sender's name on page ${place.row.page}`,
  );

const AT_TOP = 0.5; // an address without a name beside it is most often the sender's
const ADDRESS_LINES = 4;

function blockAtTop(place: Place, context: ReadingContext): Candidate | undefined {
  const page = context.layout.pages[0];
  for (const row of page?.rows ?? []) {
    if (page === undefined || row.y0 > TOP_SHARE * page.height) return undefined;
    for (const segment of segmentsOf(row.pieces)) {
      if (
        isInCustomerArea(segment, context) ||
        opensLabel(segment, row, context) ||
        segment[0] === place.pieces[0] ||
        LEGAL_FORM.test(legalText(textOf(segment)))
      )
        continue;
      const found = addressCandidate(
        blockFrom({ pieces: segment, row }, context),
        AT_TOP,
        'stands in a block of its own at the top of page 1',
      );
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** Lines of a letterhead that are no part of the address: a registration number, a date, a way to call. */
const NO_ADDRESS =
  /^[({[]?[A-Z.: ]{0,12}\d[\dA-Z-]{4,}[)}\]]?$|^\d{1,2}[./ -]\w{2,9}[./ -]\d{2,4}\b|@|^(?:tel|phone|fax|gst|vat|co\.? ?reg|reg)\b/i;

/** Lines up to the one with the postcode. */
function addressCandidate(lines: Line[], score: number, reason: string): Candidate | undefined {
  const end = lines.findIndex((line) => POSTCODE.test(textOf(line.pieces)));
  if (end < 0 || end >= ADDRESS_LINES) return undefined;
  const address = lines.slice(0, end + 1).filter((line) => !NO_ADDRESS.test(textOf(line.pieces)));
  const value = address.map((line) => cleanText(textOf(line.pieces))).join(', ');
  return /\d/.test(value) ? { value, pieces: address.flatMap((line) => line.pieces), score, reason } : undefined;
}
