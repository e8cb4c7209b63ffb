/** A heap of numbers, smallest first: what is ready, in the order of the definition. */
function createHeap(): { push(value: number): void; pop(): number | undefined } {
  const heap: number[] = [];
  const swap = (a: number, b: number): void => {
    [heap[a], heap[b]] = [heap[b] as number, heap[a] as number];
  };
  const less = (a: number, b: number): boolean => a < heap.length && (heap[a] as number) < (heap[b] as number);
  return {
    push(value) {
      heap.push(value);
      for (let at = heap.length - 1; at > 0 && less(at, (at - 1) >> 1); at = (at - 1) >> 1) swap(at, (at - 1) >> 1);
    },
    pop() {
      const top = heap[0];
      const last = heap.pop();
      if (heap.length === 0) return top;
      heap[0] = last as number;
      for (let at = 0; ; ) {
        const left = 2 * at + 1;
        const child = less(left + 1, left) ? left + 1 : left;
        if (!less(child, at)) return top;
        swap(at, child);
        at = child;
      }
    },
  };
}

/**
 * Sorts nodes 0..count-1 so that each comes after its predecessors, ties by number. Nodes that lie on a cycle, or behind one, are absent
 * from `order`. Linear but for the heap.
 */
export function sortTasks(count: number, predecessors: (node: number) => Iterable<number>): { order: number[]; left: number[] } {
  const waiting = new Array<number>(count).fill(0);
  const next: number[][] = Array.from({ length: count }, () => []);
  for (let node = 0; node < count; node++) {
    for (const from of new Set(predecessors(node))) {
      next[from]?.push(node);
      waiting[node] = (waiting[node] as number) + 1;
    }
  }
  const ready = createHeap();
  for (let node = 0; node < count; node++) if (waiting[node] === 0) ready.push(node);
  const order: number[] = [];
  for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
    order.push(node);
    for (const to of next[node] as number[]) {
      waiting[to] = (waiting[to] as number) - 1;
      if (waiting[to] === 0) ready.push(to);
    }
  }
  return { order, left: Array.from(waiting.keys()).filter((node) => (waiting[node] as number) > 0) };
}

/** One cycle among the nodes that sorting left over, first node again at its end. */
export function findCycle(left: number[], predecessors: (node: number) => Iterable<number>): number[] {
  const among = new Set(left);
  const seen = new Map<number, number>();
  const path: number[] = [];
  let at = left[0];
  while (at !== undefined && !seen.has(at)) {
    seen.set(at, path.length);
    path.push(at);
    at = [...predecessors(at)].find((from) => among.has(from));
  }
  const cycle = at === undefined ? path : path.slice(seen.get(at));
  return [...cycle, cycle[0] as number].reverse();
}
