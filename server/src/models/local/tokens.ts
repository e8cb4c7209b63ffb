/** A piece of a word as labels are compared: lower case, without accents and punctuation. `start` and `end` are offsets in the word. */
export interface Token {
  text: string;
  start: number;
  end: number;
}

const ACRONYM = /(?<![\p{L}\p{N}])(?:\p{L}\.){2,}\p{L}?/gu; // T.V.A., C.I.F., P.O.
const PART = /[\p{L}\p{N}]+|[#№]/gu;

/** Lower case, accents and ligatures taken off, so that OCR's `Falligkeit` is the same as `Fälligkeit`. */
export const fold = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replaceAll('ß', 'ss')
    .replaceAll('°', 'o')
    .replaceAll('œ', 'oe')
    .replaceAll('æ', 'ae')
    .toLowerCase();

/** The tokens of one word or phrase: `Rechnungs-Nr.:4711` gives rechnungs, nr, 4711; `T.V.A.` gives tva; `N°` gives no. */
export function tokensOf(word: string): Token[] {
  const tokens: Token[] = [];
  const acronyms = [...word.matchAll(ACRONYM)].map((match) => ({ start: match.index, end: match.index + match[0].length, raw: match[0] }));
  for (const match of word.matchAll(PART)) {
    const start = match.index;
    const acronym = acronyms.find((each) => start >= each.start && start < each.end);
    if (acronym === undefined) tokens.push({ text: fold(withDegree(word, match)), start, end: start + match[0].length });
    else if (start === acronym.start) tokens.push({ text: fold(acronym.raw.replaceAll('.', '')), start, end: acronym.end });
  }
  return tokens;
}

/** `N°` is printed with a degree sign, which is no letter; as part of the token it reads `no`. */
function withDegree(word: string, match: RegExpExecArray): string {
  const next = word[match.index + match[0].length];
  return next === '°' && match[0].length === 1 ? `${match[0]}°` : match[0];
}

/** Tokens of a phrase as one key. */
export const phraseKey = (phrase: string): string =>
  tokensOf(phrase)
    .map((token) => token.text)
    .join(' ');

/** The words of an identifier: `InvoiceID`, `invoice_id` and `invoice-id` give invoice, id; `IBANNumber` gives iban, number. */
export function identifierTokens(id: string): string[] {
  const spaced = id.replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2').replace(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, '$1 $2');
  return tokensOf(spaced.replaceAll('_', ' ')).map((token) => token.text);
}

/** Edits (insert, delete, replace, swap of neighbours) between two short texts, or `limit + 1` where there are more. */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + (same ? 0 : 1));
      if (!same && i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      current.push(cost);
      if (cost < least) least = cost;
    }
    if (least > limit) return limit + 1;
    before = previous;
    previous = current;
  }
  return Math.min(previous[b.length] ?? limit + 1, limit + 1);
}

/** How many letters OCR may have got wrong: none in short words, where one letter makes another word. */
export const toleranceOf = (length: number): number => (length < 5 ? 0 : length < 8 ? 1 : 2);
