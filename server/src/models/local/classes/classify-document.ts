import type { Document } from '#documents';
import type { Classification, ClassSpec } from '../../model.ts';
import { tokensOf } from '../tokens.ts';
import { stem, type Term, termsOf } from './class-terms.ts';
import { locateText } from './locate-text.ts';

/** Characters that are read: the front says what a document is, the end of a long one a little more. */
const FRONT = 40_000;
const BACK = 10_000;
/** Words at the top of the first page that count as its title. */
const TITLE_WORDS = 25;
const TITLE_BONUS = 1.5;

/**
 * Evidence as a share: each class has e to the power of its evidence divided by the temperature, and so has none of them. Set on documents
 * of five kinds in two languages and on others, so that a document of none stays below a half and most plain ones are above 0.8.
 */
const TEMPERATURE = 2.5;
const NONE = 6.5;

const MAX_SHOWN = 5;

interface Reading {
  /** Folded words with a blank around each. */
  text: string;
  stems: string;
  title: string;
}

interface Match {
  key: string;
  gain: number;
}

/**
 * Tells kinds of documents apart without a language model: by the words of their names, descriptions, keywords and examples, and by what
 * is known of the usual kinds. Pure, and bounded in what it reads.
 */
export function classifyDocument(document: Document, classes: readonly ClassSpec[]): Classification {
  const reading = readingOf(document.text);
  const matches = termsOf(classes).map((terms) => terms.flatMap((term) => matchOf(term, reading) ?? []).sort((a, b) => b.gain - a.gain));
  const gains = matches.map((found) => found.reduce((sum, { gain }, rank) => sum + gain * fading(rank), 0));
  const scores = sharesOf(gains);
  const best = scores.indexOf(Math.max(...scores));
  const shown = shownOf(matches[best] ?? []);
  return {
    best,
    confidence: scores[best] ?? 0,
    scores,
    reason: shown.length === 0 ? 'nothing in the text speaks for any class' : `the text says ${shown.map((key) => `'${key}'`).join(', ')}`,
    evidence: shown.flatMap((key) => locateText(key, document) ?? []),
    model: 'local',
  };
}

/** The strongest words; the beginning of another one among them says nothing new. */
function shownOf(matches: readonly Match[]): string[] {
  const keys = matches.slice(0, 4 * MAX_SHOWN).map(({ key }) => key.replaceAll('*', ''));
  return keys
    .filter((key, i) => !keys.some((other, k) => (other === key ? k < i : other.startsWith(key)) && other !== ''))
    .slice(0, MAX_SHOWN);
}

/** Many small hints are worth less than their sum: long documents have some of everything. */
const fading = (rank: number): number => 1 / (1 + rank / 6);

function readingOf(text: string): Reading {
  const read = text.length > FRONT + BACK ? `${text.slice(0, FRONT)}\n${text.slice(-BACK)}` : text;
  const words = tokensOf(read).map((token) => token.text);
  const joined = (list: string[]): string => ` ${list.join(' ')} `;
  return { text: joined(words), stems: joined(words.map(stem)), title: joined(words.slice(0, TITLE_WORDS)) };
}

/** Said again it counts a little more; in the title much more. */
function matchOf({ key, weight }: Term, { text, stems, title }: Reading): Match | undefined {
  const needle = key.startsWith('*') ? `${key.slice(1)} ` : key.endsWith('*') ? ` ${key.slice(0, -1)}` : ` ${key} `;
  const count = Math.max(occurrences(text, needle), key.endsWith('*') ? occurrences(stems, needle) : 0);
  if (count === 0 || weight <= 0) return undefined;
  const bonus = title.includes(needle) ? TITLE_BONUS : 1;
  return { key, gain: weight * bonus * (1 + Math.log2(Math.min(count, 4)) / 4) };
}

function occurrences(text: string, needle: string): number {
  let count = 0;
  for (let at = text.indexOf(needle); at >= 0 && count < 4; at = text.indexOf(needle, at + 1)) count++;
  return count;
}

function sharesOf(gains: readonly number[]): number[] {
  const top = Math.max(NONE, ...gains);
  const powers = gains.map((gain) => Math.exp((gain - top) / TEMPERATURE));
  const sum = powers.reduce((a, b) => a + b, Math.exp((NONE - top) / TEMPERATURE));
  return powers.map((power) => Math.round((power / sum) * 1000) / 1000);
}
