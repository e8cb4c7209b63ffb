import type { Piece } from '../layout.ts';
import { segmentsOf, textOf } from '../layout.ts';
import { fold, phraseKey } from '../tokens.ts';
import { bare, type Reader, type Reading } from './kind.ts';

const YES = new Set(['yes', 'ja', 'oui', 'si', 'true', 'x', '✓', '✔', '☑', '☒', '[x]', 'y', 'vrai', 'wahr', 'verdadero']);
const NO = new Set(['no', 'nein', 'non', 'false', '☐', '[]', '[ ]', 'n', 'faux', 'falsch', 'falso', 'none']);

export const readBool: Reader = (pieces, at) => {
  const word = pieces[at]?.text ?? '';
  for (const text of [fold(word.trim()), fold(bare(word))]) {
    if (YES.has(text)) return { value: true, length: 1, quality: text.length === 1 ? 0.9 : 1 };
    if (NO.has(text)) return { value: false, length: 1, quality: text.length === 1 ? 0.9 : 1 };
  }
  return undefined;
};

/** One of the field's values, compared without case and accents; the longest that fits. */
export function enumReader(values: readonly string[]): Reader {
  const keys = values.map((value) => ({ value, words: phraseKey(value).split(' ') })).filter((each) => each.words[0] !== '');
  keys.sort((a, b) => b.words.length - a.words.length);
  return (pieces, at) => {
    const words = pieces.slice(at, at + 12).map((piece) => phraseKey(piece.text));
    for (const { value, words: wanted } of keys) {
      let joined = '';
      for (let length = 1; length <= words.length && joined.length <= wanted.join(' ').length; length++) {
        joined = joined === '' ? (words[length - 1] ?? '') : `${joined} ${words[length - 1]}`;
        if (joined === wanted.join(' ')) return { value, length, quality: 1 };
      }
    }
    return undefined;
  };
}

/** The words up to the next wide gap. */
export const readText: Reader = (pieces, at): Reading | undefined => {
  const segment = segmentsOf(pieces.slice(at))[0] ?? [];
  const text = cleanText(textOf(segment));
  return /[\p{L}\p{N}]/u.test(text) ? { value: text, length: segment.length, quality: 0.9 } : undefined;
};

/** Printed text without the punctuation that belongs to the label or the sentence around it. */
export const cleanText = (text: string): string =>
  text
    .replaceAll('\u0000', '')
    .replace(/^[\s:;,.=|–—-]+/, '')
    .replace(/[\s:;,|]+$/, '')
    .slice(0, 4000);

export const isWord = (piece: Piece): boolean => /\p{L}{2}/u.test(piece.text);
