import type { ClassSpec } from '../../model.ts';
import { identifierTokens, phraseKey, tokensOf } from '../tokens.ts';
import { KINDS, type Kind } from './kinds.ts';

/** A word or phrase that speaks for a class, by its folded key; a star at its end stands for the rest of a word. */
export interface Term {
  key: string;
  weight: number;
}

const WEIGHTS = { strong: 3, weak: 1, keyword: 4, name: 3, description: 1.2, example: 1 };
const MAX_EXAMPLE = 20_000;
const MAX_EXAMPLE_TERMS = 300;

/** Words that every text has. */
const STOP = new Set(
  'the a an of and or to in on for with by from at is are was were be been this that these those it its as not no any all which who what when where how we you they i our your their has have had will would can may must should document documents text file page der die das den dem des ein eine einen einem einer und oder zu zum zur im in am an auf fur mit von vom bei aus ist sind war waren wird werden dass nicht kein keine alle sich es er sie wir ihr als auch nach uber unter dokument le la les un une des du de et ou a au aux pour par sur dans est el los las y o para por con del al es'.split(
    ' ',
  ),
);

/** Endings that English and German words take. Both sides lose them, so that what is cut need not be a word. */
const ENDING = /(?:ungen|ings?|ung|ern|en|er|es|ed|s|n|e)$/;
export const stem = (word: string): string => (word.length < 6 ? word : word.replace(ENDING, ''));

const contentWords = (text: string): string[] =>
  tokensOf(text)
    .map((token) => token.text)
    .filter((word) => word.length > 2 && !STOP.has(word) && !/^\d+$/.test(word));

/** The kind that a name means: the one with the longest of its names in it. */
function kindOf(name: string): Kind | undefined {
  const words = identifierTokens(name);
  const text = ` ${words.join(' ')} `;
  const singular = ` ${words.map((word) => word.replace(/s$/, '')).join(' ')} `;
  let best: { kind: Kind; length: number } | undefined;
  for (const kind of KINDS) {
    for (const each of kind.names) {
      const isIn = text.includes(` ${each} `) || singular.includes(` ${each} `) || (each.length > 6 && text.includes(each));
      if (isIn && each.length > (best?.length ?? 0)) best = { kind, length: each.length };
    }
  }
  return best?.kind;
}

/** What speaks for each class: its own words, and what is known of the kind that it is called after. */
export function termsOf(classes: readonly ClassSpec[]): Term[][] {
  return spread(classes.map(ownTerms));
}

function ownTerms(spec: ClassSpec): Map<string, number> {
  const terms = new Map<string, number>();
  const add = (key: string, weight: number): void => {
    if (key !== '' && key !== '*') terms.set(key, Math.max(terms.get(key) ?? 0, weight));
  };
  const byName = kindOf(spec.name);
  const kind = byName ?? kindOf(spec.description);
  const trust = byName === undefined ? 0.7 : 1; // a description may name a kind to say that it is another
  for (const cue of kind?.strong ?? []) add(cueKey(cue), WEIGHTS.strong * trust);
  for (const cue of kind?.weak ?? []) add(cueKey(cue), WEIGHTS.weak * trust);
  for (const keyword of spec.keywords) add(phraseKey(keyword), WEIGHTS.keyword);
  for (const word of identifierTokens(spec.name)) if (!STOP.has(word) && word.length > 1) add(`${stem(word)}*`, WEIGHTS.name);
  for (const word of contentWords(spec.description)) add(`${stem(word)}*`, WEIGHTS.description);
  for (const [word, weight] of exampleTerms(spec.examples)) add(`${word}*`, weight);
  return terms;
}

/** `ust id*` keeps its star; `*vertrag` is found at the end of a word. */
const cueKey = (cue: string): string => `${cue.startsWith('*') ? '*' : ''}${phraseKey(cue)}${cue.endsWith('*') ? '*' : ''}`;

/** Words of the examples, those that more of them have the heavier. */
function exampleTerms(examples: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const example of examples) {
    for (const word of new Set(contentWords(example.slice(0, MAX_EXAMPLE)).map(stem))) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const sorted = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, MAX_EXAMPLE_TERMS);
  return sorted.map(([word, count]) => [word, WEIGHTS.example * (0.5 + count / (examples.length + 1))]);
}

/** A word that several classes have tells them apart the less, and one that all have not at all. */
function spread(own: Map<string, number>[]): Term[][] {
  const holders = new Map<string, number>();
  for (const terms of own) for (const key of terms.keys()) holders.set(key, (holders.get(key) ?? 0) + 1);
  return own.map((terms) =>
    [...terms].map(([key, weight]) => {
      const count = holders.get(key) ?? 1;
      return { key, weight: count === 1 ? weight : (weight * (own.length - count)) / own.length };
    }),
  );
}
