/** A number that depends on its parts alone: what a test draws from it comes again with the same seed. */
export function hash(...parts: (string | number | undefined)[]): number {
  let h = 2166136261;
  for (const c of parts.join('|')) h = Math.imul(h ^ c.charCodeAt(0), 16777619);
  h ^= h >>> 15;
  h = Math.imul(h, 0x2c1b3c6d);
  h ^= h >>> 12;
  return h >>> 0;
}

/** Draws integers below n, one after the other, from a seed. */
export function drawer(seed: string): (n: number) => number {
  let drawn = 0;
  return (n) => hash(seed, drawn++) % n;
}

/** True with this probability; not repeated by a seed: for when faults happen, not for what is right. */
export const chance = (probability: number): boolean => Math.random() < probability;

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
