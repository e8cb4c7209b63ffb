import type { Piece } from '../layout.ts';
import { currencyOf } from './currency.ts';
import type { Habits, Reader, Reading } from './kind.ts';

export interface ParsedNumber {
  value: number;
  decimals: number;
  grouped: boolean;
  /** One separator before three digits: thousands or thousandths. */
  ambiguous: boolean;
}

const SHAPE = /^[-+−(]{0,2}\d[\d.,'’]*(?:[-−)]|[.,][-–—]{1,2})?$/;

/** A printed number in either style: 1.234,56, 1,234.56, 1'234.56, 119,-, (12.00), 12.00-. `decimal` settles what the digits leave open. */
export function parseNumber(text: string, decimal: '.' | ','): ParsedNumber | undefined {
  if (text.length > 30 || !SHAPE.test(text)) return undefined;
  const negative = /^[(]?[-−]/.test(text) || /^\(.*\)$/.test(text) || (/[-−]$/.test(text) && !/[.,][-–—]+$/.test(text));
  const digits = text.replace(/[.,][-–—]+$/, '').replace(/[-+−()'’]/g, '');
  const parsed = splitNumber(digits, decimal);
  if (parsed === undefined) return undefined;
  const value = Number(`${parsed.whole}.${parsed.fraction === '' ? '0' : parsed.fraction}`);
  if (!Number.isFinite(value)) return undefined;
  const printedDecimals = /[.,][-–—]+$/.test(text) ? 2 : parsed.fraction.length;
  return {
    value: negative && value !== 0 ? -value : value,
    decimals: printedDecimals,
    grouped: parsed.grouped,
    ambiguous: parsed.ambiguous,
  };
}

interface SplitNumber {
  whole: string;
  fraction: string;
  grouped: boolean;
  ambiguous: boolean;
}

function splitNumber(digits: string, decimal: '.' | ','): SplitNumber | undefined {
  const clean = digits.replace(/[.,]+$/, '');
  const separators = clean.match(/[.,]/g) ?? [];
  const last = separators.at(-1);
  if (last === undefined) return { whole: clean, fraction: '', grouped: false, ambiguous: false };
  const index = clean.lastIndexOf(last);
  const whole = clean.slice(0, index);
  const fraction = clean.slice(index + 1);
  const others = separators.slice(0, -1);
  if (others.includes(last)) {
    if (new Set(separators).size > 1) return undefined;
    return isGrouped(clean, last) ? { whole: clean.replaceAll(last, ''), fraction: '', grouped: true, ambiguous: false } : undefined;
  }
  if (others.length > 0) {
    const group = others[0] ?? '';
    return isGrouped(whole, group) ? { whole: whole.replaceAll(group, ''), fraction, grouped: true, ambiguous: false } : undefined;
  }
  const ambiguous = fraction.length === 3 && whole.length <= 3 && !whole.startsWith('0');
  if (ambiguous && last !== decimal) return { whole: whole + fraction, fraction: '', grouped: true, ambiguous };
  return { whole, fraction, grouped: false, ambiguous };
}

/** Indian grouping (1,00,000) counts as grouping too. */
const isGrouped = (text: string, separator: string): boolean => {
  const groups = text.split(separator);
  return (
    (groups[0]?.length ?? 0) <= 3 &&
    groups.slice(1, -1).every((group) => group.length === 3 || group.length === 2) &&
    groups.at(-1)?.length === 3
  );
};

const CURRENCY_EDGE = /^([^\d\s.,()+−-]{1,4})?(.*?)([^\d\s.,()+−-]{1,4})?$/u;

/** A word as number and currency, glued or not: `€1,234.56`, `119,00EUR`. */
function splitCurrency(text: string): { number: string; currency: string | undefined } | undefined {
  const trimmed = text.replace(/^[:=*]+|[*:;]+$/g, '');
  const match = CURRENCY_EDGE.exec(trimmed);
  if (match === null) return undefined;
  const edge = match[1] ?? match[3];
  if (edge === undefined) return { number: trimmed, currency: undefined };
  if (match[1] !== undefined && match[3] !== undefined) return undefined;
  const currency = currencyOf(edge);
  return currency === undefined ? undefined : { number: match[2] ?? '', currency };
}

export interface ReadNumber {
  number: ParsedNumber;
  currency: string | undefined;
  length: number;
}

/** A number with the currency before or behind it, thousands set apart by blanks included. */
export function readNumberAt(pieces: readonly Piece[], at: number, habits: Habits): ReadNumber | undefined {
  let i = at;
  let currency = currencyOf((pieces[i]?.text ?? '').replace(/[:;]$/, ''));
  if (currency !== undefined) i++;
  const sign = /^[-−+]$/.test(pieces[i]?.text ?? '') ? '-' : '';
  if (sign !== '') i++;
  const first = splitCurrency(pieces[i]?.text ?? '');
  if (first === undefined) return undefined;
  currency ??= first.currency;
  let text = first.number;
  for (i += 1; i < pieces.length && continuesNumber(text, pieces[i - 1] as Piece, pieces[i] as Piece, habits); i++)
    text += pieces[i]?.text ?? '';
  const behind = splitCurrency(text);
  const parsed =
    behind === undefined
      ? undefined
      : parseNumber(sign === '-' && pieces[at]?.text !== '+' ? `-${behind.number}` : behind.number, habits.decimal);
  if (parsed === undefined) return undefined;
  const next = currencyOf((pieces[i]?.text ?? '').replace(/[.,;)]+$/, ''));
  if (currency === undefined && behind?.currency === undefined && next !== undefined)
    return { number: parsed, currency: next, length: i + 1 - at };
  return { number: parsed, currency: currency ?? behind?.currency, length: i - at };
}

/** `1 234,56` is one number where the blank is narrow; two cells of a table stand further apart. */
function continuesNumber(text: string, last: Piece, next: Piece, habits: Habits): boolean {
  const widest = habits.language === 'fr' || habits.language === 'es' ? 0.8 : 0.5; // heights of the line
  return (
    /^-?\d{1,3}(?:\d{3})*$/.test(text) &&
    /^\d{3}(?:[.,]\d{2})?(?:€|EUR)?$/.test(next.text) &&
    next.x0 - last.x1 < widest * (next.y1 - next.y0)
  );
}

/** The end of a number whose thousands stand apart, but too far to be sure: `12  500,00` is not 500. */
function isTail(pieces: readonly Piece[], at: number): boolean {
  const [before, piece] = [pieces[at - 1], pieces[at]];
  return (
    before !== undefined &&
    piece !== undefined &&
    /^\d{1,3}$/.test(before.text) &&
    /^\d{3}(?:[.,]|$)/.test(piece.text) &&
    piece.x0 - before.x1 < piece.y1 - piece.y0
  );
}

const isPercent = (pieces: readonly Piece[], end: number): boolean => /^%/.test(pieces[end]?.text ?? '');

/** A sum of money as a number. */
export const readAmount: Reader = (pieces, at, habits): Reading | undefined => {
  const read = readNumberAt(pieces, at, habits);
  if (read === undefined || isPercent(pieces, at + read.length)) return undefined;
  const { number, currency, length } = read;
  if (isTail(pieces, at)) return undefined;
  if (number.ambiguous && !number.grouped) {
    // amounts have no thousandths: 1.234 beside a label of a sum is a thousand and more
    return { value: Math.round(number.value * 1000), length, quality: 0.6 };
  }
  const quality = number.decimals === 2 ? 1 : number.decimals > 0 ? 0.6 : currency !== undefined ? 0.92 : number.grouped ? 0.85 : 0.6;
  return { value: number.value, length, quality };
};

/** Any number: a quantity, a count. */
export const readNumber: Reader = (pieces, at, habits) => {
  const read = readNumberAt(pieces, at, habits);
  if (read === undefined) return undefined;
  return { value: read.number.value, length: read.length, quality: read.number.ambiguous ? 0.75 : 0.95 };
};

const PERCENT = /^\(?(\d{1,3}(?:[.,]\d{1,3})?)%\)?$/;

/** A rate, 19 for 19 %. */
export const readPercent: Reader = (pieces, at, habits) => {
  const word = (pieces[at]?.text ?? '').replace(/[:;,]$/, '');
  const glued = PERCENT.exec(word);
  const apart = glued === null && /^\(?\d/.test(word) && /^%/.test(pieces[at + 1]?.text ?? '');
  if (glued === null && !apart) return undefined;
  const number = parseNumber(glued?.[1] ?? word.replace(/^\(/, ''), habits.decimal);
  if (number === undefined || number.value > 100) return undefined;
  return { value: number.value, length: apart ? 2 : 1, quality: 1 };
};
