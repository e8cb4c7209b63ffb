import type { LabelHit } from './find-labels.ts';
import { currencyOf } from './kinds/currency.ts';
import { parseNumericDate } from './kinds/date.ts';
import type { Habits } from './kinds/kind.ts';
import { bare } from './kinds/kind.ts';
import type { Layout, PageLayout, Piece, Rectangle, Row } from './layout.ts';

/** A laid-out document with its labels found: what every search reads. */
export interface ReadingContext {
  layout: Layout;
  habits: Habits;
  hits: LabelHit[];
  hitsByKey: Map<string, LabelHit[]>;
  hitsByRow: Map<Row, LabelHit[]>;
  /** Rows that head a table of items: their words are columns, not labels of single values. */
  headerRows: Set<Row>;
  /** Where the customer's name and address stand, by page. */
  customerArea: { page: number; area: Rectangle } | undefined;
}

export function pageOf(layout: Layout, number: number): PageLayout {
  const page = layout.pages.find((each) => each.number === number);
  if (page === undefined) throw new Error(`page ${number} is not in the layout`);
  return page;
}

function* allPieces(layout: Layout): Generator<Piece> {
  for (const page of layout.pages) for (const row of page.rows) yield* row.pieces;
}

const SLASH_DATE = /^(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})$/;
const US_PLACE = /\b[A-Z]{2},? \d{5}(?:-\d{4})?\b/;
const COUNTRIES: Record<string, string> = { de: 'DE', fr: 'FR', es: 'ES', en: 'GB' };

/** Decimal sign, order of dates, country and currency, by what the document itself shows beyond doubt, then by its language. */
export function habitsOf(layout: Layout): Habits {
  const language = layout.language ?? 'en';
  const votes = { comma: 0, point: 0, dayFirst: 0, monthFirst: 0 };
  const currencies = new Map<string, number>();
  for (const piece of allPieces(layout)) {
    const text = bare(piece.text);
    if (/\d,\d{2}$/.test(text)) votes.comma++;
    if (/\d\.\d{2}$/.test(text) && !/^\d{1,2}\.\d{1,2}\.\d{2}$/.test(text)) votes.point++;
    const date = SLASH_DATE.exec(text);
    if (date !== null && Number(date[1]) > 12) votes.dayFirst++;
    if (date !== null && Number(date[2]) > 12) votes.monthFirst++;
    const currency = currencyOf(text) ?? currencyOf(text.replace(/[\d.,\s'-]/g, ''));
    if (currency !== undefined) currencies.set(currency, (currencies.get(currency) ?? 0) + 1);
  }
  const currency = [...currencies].sort((a, b) => b[1] - a[1])[0]?.[0];
  const american = language === 'en' && (currency === 'USD' || US_PLACE.test(layout.text.slice(0, 20_000)));
  return {
    language,
    decimal: votes.comma === votes.point ? (language === 'en' ? '.' : ',') : votes.comma > votes.point ? ',' : '.',
    dayFirst: votes.dayFirst === votes.monthFirst ? !american : votes.dayFirst > votes.monthFirst,
    country: american ? 'US' : (COUNTRIES[language] ?? 'GB'),
    currency,
  };
}

export const isDateText = (text: string, habits: Habits): boolean => parseNumericDate(bare(text), habits) !== undefined;

export function groupHits(hits: LabelHit[]): Pick<ReadingContext, 'hits' | 'hitsByKey' | 'hitsByRow'> {
  return { hits, hitsByKey: Map.groupBy(hits, (hit) => hit.key), hitsByRow: Map.groupBy(hits, (hit) => hit.row) };
}
