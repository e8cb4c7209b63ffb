/** Words set in lines of a width in characters; `at` is where a word begins. A word that is longer than the width has a line of its own. */
export function wrapWords(words: readonly string[], width: number): { word: string; at: number }[][] {
  const lines: { word: string; at: number }[][] = [];
  let used = Number.POSITIVE_INFINITY;
  for (const word of words) {
    if (used + 1 + word.length > width) {
      lines.push([]);
      used = -1;
    }
    lines.at(-1)?.push({ word, at: used + 1 });
    used += 1 + word.length;
  }
  return lines;
}
