import { electronicFormatIBAN, isValidBIC, isValidIBAN } from 'ibantools';
import type { Piece } from '../layout.ts';
import { parseNumericDate } from './date.ts';
import { bare, type Reader } from './kind.ts';

const IBAN_START = /^[A-Z]{2}\d{2}/;
const MAX_IBAN = 34; // ISO 13616

/** Letters and digits from `at` on, piece by piece, while they could still be one code. */
function* growing(pieces: readonly Piece[], at: number, maxPieces: number): Generator<{ text: string; length: number }> {
  let text = '';
  for (let i = at; i < Math.min(pieces.length, at + maxPieces); i++) {
    const part = bare(pieces[i]?.text ?? '').replace(/[\s.-]/g, '');
    if (!/^[A-Za-z0-9]+$/.test(part)) return;
    text += part.toUpperCase();
    yield { text, length: i + 1 - at };
  }
}

/** An IBAN in its electronic form, its check digits proven; one that fails them is named, never mended. */
export const readIban: Reader = (pieces, at) => {
  if (!IBAN_START.test(bare(pieces[at]?.text ?? '').toUpperCase()) && !/^[A-Z]{2}$/.test(bare(pieces[at]?.text ?? ''))) return undefined;
  let longest: { text: string; length: number } | undefined;
  for (const grown of growing(pieces, at, 12)) {
    if (grown.text.length > MAX_IBAN) break;
    if (grown.length === 2 && !IBAN_START.test(grown.text)) return undefined;
    if (isValidIBAN(grown.text)) return { value: electronicFormatIBAN(grown.text) ?? grown.text, length: grown.length, quality: 1 };
    longest = grown;
  }
  if (longest === undefined || longest.text.length < 15) return undefined;
  return { value: null, length: longest.length, quality: 0.5, problem: 'its check digits do not agree' };
};

export const readBic: Reader = (pieces, at) => {
  for (const grown of growing(pieces, at, 3)) {
    if (grown.text.length > 11) return undefined;
    if (isValidBIC(grown.text) && (grown.text.length === 8 || grown.text.length === 11))
      return { value: grown.text, length: grown.length, quality: 0.97 };
  }
  return undefined;
};

/** VAT identification numbers of the EU, Great Britain, Norway and Switzerland by form (Directive 2006/112/EC, article 215; VIES). */
const VAT_ID =
  /^(?:ATU\d{8}|BE[01]\d{9}|BG\d{9,10}|CY\d{8}[A-Z]|CZ\d{8,10}|DE\d{9}|DK\d{8}|EE\d{9}|EL\d{9}|ES[A-Z0-9]\d{7}[A-Z0-9]|FI\d{8}|FR[A-Z0-9]{2}\d{9}|GB(?:\d{9}|\d{12})|HR\d{11}|HU\d{8}|IE\d[A-Z0-9]\d{5}[A-Z]{1,2}|IT\d{11}|LT(?:\d{9}|\d{12})|LU\d{8}|LV\d{11}|MT\d{8}|NL\d{9}B\d{2}|NO\d{9}(?:MVA)?|PL\d{10}|PT\d{9}|RO\d{4,10}|SE\d{12}|SI\d{8}|SK\d{10}|CHE\d{9}(?:MWST|TVA|IVA)?)$/;
const SPANISH_NIF = /^(?:[A-Z]\d{7}[A-Z0-9]|\d{8}[A-Z])$/;

export const readVatId: Reader = (pieces, at) => {
  let national: { value: string; length: number; quality: number } | undefined;
  let full: { value: string; length: number; quality: number } | undefined;
  for (const grown of growing(pieces, at, 6)) {
    if (grown.text.length > 16) break;
    if (VAT_ID.test(grown.text)) full = { value: grown.text, length: grown.length, quality: 1 };
    else if (national === undefined && SPANISH_NIF.test(grown.text)) national = { value: grown.text, length: grown.length, quality: 0.9 };
  }
  return full ?? national;
};

const IDENTIFIER = /^[\p{L}\p{N}][\p{L}\p{N}\-/._#:\\]*$/u;
const MAX_IDENTIFIER = 40;

const isCode = (text: string): boolean => text.length <= MAX_IDENTIFIER && /\d/.test(text) && IDENTIFIER.test(text);
const isAmount = (text: string): boolean => /^\d{1,3}(?:[.,]\d{3})*[.,]\d{2}$/.test(text);

/** A number or code that names something: one word with a digit, or capitals and digits in up to four words. */
export const readIdentifier: Reader = (pieces, at, habits) => {
  const first = bare(pieces[at]?.text ?? '');
  const prefix = /^\p{Lu}{1,4}$/u.test(first);
  if (!prefix && !isCode(first)) return undefined;
  if (parseNumericDate(first.replace(/\.$/, ''), habits) !== undefined) return undefined;
  const words = [first];
  for (let i = at + 1; i < pieces.length && words.length < 4; i++) {
    const raw = pieces[i] as Piece;
    const word = bare(raw.text);
    const before = pieces[i - 1] as Piece;
    const close = raw.x0 - before.x1 < 0.75 * (raw.y1 - raw.y0);
    if (!close || !isCode(word) || /\p{Ll}/u.test(word) || isAmount(word) || parseNumericDate(word, habits) !== undefined) break;
    if (/[,;]$/.test(before.text)) break;
    words.push(word);
  }
  const text = words.join(' ').replace(/[.:]+$/, '');
  if (!/\d/.test(text)) return undefined;
  const digits = text.replace(/\D/g, '').length;
  const quality = isAmount(text) ? 0.5 : digits + (text.match(/\p{L}/gu)?.length ?? 0) >= 3 ? 1 : 0.8;
  return { value: text, length: words.length, quality: words.length > 1 ? quality * 0.95 : quality };
};
