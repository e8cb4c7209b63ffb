import { detectAll } from 'tinyld';

/** Enough to be sure, little enough to take a few milliseconds. */
const SAMPLE_CHARACTERS = 1_000;
/** Fewer letters than these are names and numbers, not a language. */
const MIN_LETTERS = 20;

/** ISO 639-1 code of the language that most of the text is in, null where it holds too little text to tell. */
export function detectLanguage(text: string): string | null {
  const sample = text
    .slice(0, SAMPLE_CHARACTERS * 4)
    .split(/\s+/)
    .filter((word) => /^\p{L}[\p{L}\p{M}'’-]*[.,:;]?$/u.test(word))
    .join(' ')
    .slice(0, SAMPLE_CHARACTERS);
  if (sample.replaceAll(' ', '').length < MIN_LETTERS) return null;
  return detectAll(sample)[0]?.lang ?? null;
}
