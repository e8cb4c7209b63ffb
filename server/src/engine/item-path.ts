/**
 * Items of one fan-out: 17 bits a level. A nested item [i, j] is the number i * 2^17 + j, so that a collection is a range of an index.
 * Three levels fit the 53 bits of a double; a fourth would lose items, which is why the planner refuses it.
 */
export const MAX_ITEMS = 2 ** 17;
export const MAX_DEPTH = 3;

/** The item `levels` scopes further out that holds this one. */
export const outerItem = (item: number, levels: number): number => Math.floor(item / MAX_ITEMS ** levels);

/** The n-th item inside this one. */
export const innerItem = (item: number, index: number): number => item * MAX_ITEMS + index;

/** The path of an item at a depth, outermost first: what the wire calls `item_path`. */
export function itemPath(item: number, depth: number): number[] {
  return Array.from({ length: depth }, (_, level) => outerItem(item, depth - 1 - level) % MAX_ITEMS);
}

/** First and last item that a task at `depth` sees of one at `sourceDepth`: one outer item, or the range of a collection. */
export function visibleItems(item: number, depth: number, sourceDepth: number): { low: number; high: number } {
  const below = sourceDepth - depth;
  if (below <= 0) return { low: outerItem(item, -below), high: outerItem(item, -below) };
  return { low: item * MAX_ITEMS ** below, high: (item + 1) * MAX_ITEMS ** below - 1 };
}
