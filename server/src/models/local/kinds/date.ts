import * as chrono from 'chrono-node';
import type { Piece } from '../layout.ts';
import { fold } from '../tokens.ts';
import { bare, type Habits, type Reader, type Reading } from './kind.ts';

const NUMERIC = /^(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})$/;
const ISO = /^(\d{4})([-./])(\d{1,2})\2(\d{1,2})(?:T.*)?$/;
const MONTH =
  /^(?:\d{1,2}(?:st|nd|rd|th|er|o)?[.-]?)?(?:jan|janv|ene|feb|fev|fevr|mar|mrz|maerz|apr|avr|abr|may|mai|jun|juin|jul|juil|aug|aou|ago|sep|okt|oct|nov|dez|dec|dic)\p{L}*/u;
const MAX_PIECES = 6; // `3 de marzo de 2026`, with a weekday before it

const pad = (value: number, width = 2): string => String(value).padStart(width, '0');

function isoDate(year: number, month: number, day: number): string | undefined {
  const fullYear = year < 100 ? year + (year < 70 ? 2000 : 1900) : year;
  if (month < 1 || month > 12 || day < 1 || day > new Date(Date.UTC(fullYear, month, 0)).getUTCDate()) return undefined;
  return fullYear < 1900 || fullYear > 2199 ? undefined : `${pad(fullYear, 4)}-${pad(month)}-${pad(day)}`;
}

/** A date in digits; which of two small numbers is the day is a habit of the document. */
export function parseNumericDate(text: string, habits: Habits): { value: string; quality: number } | undefined {
  const iso = ISO.exec(text);
  if (iso !== null) {
    const value = isoDate(Number(iso[1]), Number(iso[3]), Number(iso[4]));
    return value === undefined ? undefined : { value, quality: 1 };
  }
  const match = NUMERIC.exec(text);
  if (match === null) return undefined;
  const [a, b, year] = [Number(match[1]), Number(match[3]), Number(match[4])];
  const dayFirst = isoDate(year, b, a);
  const monthFirst = match[2] === '.' ? undefined : isoDate(year, a, b);
  const value = (habits.dayFirst ? dayFirst : monthFirst) ?? dayFirst ?? monthFirst;
  if (value === undefined) return undefined;
  const unsure = dayFirst !== undefined && monthFirst !== undefined && dayFirst !== monthFirst && habits.language === 'en';
  return { value, quality: (unsure ? 0.85 : 1) * (match[4]?.length === 2 ? 0.97 : 1) };
}

const PARSERS: Record<string, chrono.Chrono> = {
  en: chrono.en.GB,
  de: chrono.de.strict,
  fr: chrono.fr.strict,
  es: chrono.es.strict,
};

/** A date with its month in words. chrono reads the document's language first, then the others. */
function parseWrittenDate(text: string, habits: Habits): string | undefined {
  const order = [habits.language, 'en', 'de', 'fr', 'es'].filter((language, i, all) => language in PARSERS && all.indexOf(language) === i);
  for (const language of order) {
    const result = PARSERS[language]?.parse(text, new Date(Date.UTC(2000, 0, 1)), { forwardDate: false })[0];
    const start = result?.start;
    if (result === undefined || start === undefined || result.index > 0 || result.text.length < text.length - 1) continue;
    if (!start.isCertain('day') || !start.isCertain('month') || !start.isCertain('year')) continue;
    return isoDate(start.get('year') ?? 0, start.get('month') ?? 0, start.get('day') ?? 0);
  }
  return undefined;
}

const join = (pieces: readonly Piece[], at: number, length: number): string =>
  pieces
    .slice(at, at + length)
    .map((piece) => piece.text)
    .join(' ');

function readWritten(pieces: readonly Piece[], at: number, habits: Habits): Reading | undefined {
  const near = pieces.slice(at, at + MAX_PIECES);
  const month = near.findIndex((piece) => MONTH.test(fold(bare(piece.text))));
  if (month < 0 || month > 3) return undefined;
  for (let length = Math.min(near.length, MAX_PIECES); length >= 1; length--) {
    if (length <= month || !/\d{2}/.test(near[length - 1]?.text ?? '')) continue;
    const value = parseWrittenDate(bare(join(pieces, at, length)), habits);
    if (value !== undefined) return { value, length, quality: 1 };
  }
  return undefined;
}

/** A calendar date as YYYY-MM-DD. */
export const readDate: Reader = (pieces, at, habits) => {
  const first = pieces[at];
  if (first === undefined) return undefined;
  const text = bare(first.text).replace(/\.$/, '');
  const numeric = parseNumericDate(text, habits);
  if (numeric !== undefined) return { ...numeric, length: 1 };
  for (const length of [2, 3]) {
    // scanned digits come apart at the points: `12. 03. 2026`
    if (at + length > pieces.length || !/^\d{1,4}[./-]?/.test(text)) break;
    const joined = bare(join(pieces, at, length).replaceAll(' ', ''));
    const apart = parseNumericDate(joined, habits);
    if (apart !== undefined) return { value: apart.value, length, quality: apart.quality * 0.97 };
  }
  return /^[\p{L}\d]/u.test(text) ? readWritten(pieces, at, habits) : undefined;
};

const TIME = /^(\d{1,2})[:.h](\d{2})(?::(\d{2}))?(?:uhr|h)?$/i;

/** A date and its time of day, as printed: no zone is guessed. Without a time it is midnight, at a lower quality. */
export const readDateTime: Reader = (pieces, at, habits) => {
  const date = readDate(pieces, at, habits);
  if (date === undefined) return undefined;
  const inWord = /T(\d{2}:\d{2})(:\d{2})?/.exec(pieces[at]?.text ?? '');
  if (inWord !== null) return { ...date, value: `${date.value}T${inWord[1]}${inWord[2] ?? ':00'}` };
  for (let i = at + date.length; i <= at + date.length + 1; i++) {
    const time = TIME.exec(bare(pieces[i]?.text ?? ''));
    if (time === null || Number(time[1]) > 23 || Number(time[2]) > 59) continue;
    const afternoon = /^p\.?m/i.test(pieces[i + 1]?.text ?? '') && Number(time[1]) < 12 ? 12 : 0;
    return { ...date, value: `${date.value}T${pad(Number(time[1]) + afternoon)}:${time[2]}:${time[3] ?? '00'}`, length: i - at + 1 };
  }
  return { ...date, value: `${date.value}T00:00:00`, quality: date.quality * 0.8 };
};
