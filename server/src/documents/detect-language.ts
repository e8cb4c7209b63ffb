/** Enough to be sure, little enough to take a few milliseconds. */
const SAMPLE_CHARACTERS = 1_000;
/** Fewer letters than these are names and numbers, not a language. */
const MIN_LETTERS = 20;

/**
 * ISO 639-1 code of the language that most of the text is in, null where it holds too little text to tell. Its tables are loaded with the
 * first text: they take 20 MB and a tenth of a second, which a process that reads no document does not spend.
 */
export async function detectLanguage(text: string): Promise<string | null> {
  const sample = text
    .slice(0, SAMPLE_CHARACTERS * 4)
    .split(/\s+/)
    .filter((word) => /^\p{L}[\p{L}\p{M}'’-]*[.,:;]?$/u.test(word))
    .join(' ')
    .slice(0, SAMPLE_CHARACTERS);
  if (sample.replaceAll(' ', '').length < MIN_LETTERS) return null;
  const { detectAll } = await import('tinyld');
  return detectAll(sample)[0]?.lang ?? null;
}
