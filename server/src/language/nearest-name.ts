/** Edit distance (insertions, deletions, substitutions, swaps of neighbours count 1), given up beyond `limit`. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((previous[j] as number) + 1, (row[j - 1] as number) + 1, (previous[j - 1] as number) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, (before[j - 2] as number) + 1);
      row.push(best);
    }
    before = previous;
    previous = row;
  }
  return previous[b.length] as number;
}

const MAX_COMPARED = 200; // a suggestion is a courtesy: it must not cost seconds in a flow of 2,000 tasks

/** The known name that `name` was most likely meant to be, or undefined where none is near. */
function nearestName(name: string, known: Iterable<string>): string | undefined {
  const limit = name.length > 60 ? 0 : Math.max(1, Math.floor(name.length / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  let compared = 0;
  for (const candidate of known) {
    if (++compared > MAX_COMPARED) break;
    const d = distance(name.toLowerCase(), candidate.toLowerCase(), limit);
    if (d < bestDistance) {
      best = candidate;
      bestDistance = d;
    }
  }
  return best;
}

/** ` (did you mean 'x'?)`, or nothing. */
export type Suggest = (name: string, known: Iterable<string>) => string;

/** Suggestions for the first faults only: a flow may name 500,000 things that do not exist, and each costs a comparison with 200 names. */
export function limitSuggestions(limit: number): Suggest {
  let left = limit;
  return (name, known) => {
    const nearest = left-- > 0 ? nearestName(name, known) : undefined;
    return nearest === undefined ? '' : ` (did you mean '${nearest}'?)`;
  };
}
