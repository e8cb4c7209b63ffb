import type { Faults, Loc } from './fault.ts';

/** core.md G7. */
const MAX_DEPTH = 64;
/** Values in one document: an alias may repeat a part many times, and each repetition is walked by all that follows. */
const MAX_VALUES = 1_000_000;

const FORBIDDEN_KEYS = new Set(['__proto__']);

/** Path of a value while walking: made a list only where a fault needs it, since there may be a million of them. */
interface Step {
  value: unknown;
  key: string | number;
  parent: Step | undefined;
  depth: number;
}

function locOf(step: Step): Loc {
  const loc: Loc = [];
  for (let at: Step | undefined = step; at?.parent; at = at.parent) loc.unshift(at.key);
  return loc;
}

function checkScalar(step: Step, faults: Faults): void {
  const { value } = step;
  if (typeof value === 'string') {
    if (value.includes('\0')) faults.add(locOf(step), 'nul_character', 'Text may not contain the character NUL (U+0000)');
  } else if (typeof value === 'number') {
    if (!Number.isFinite(value)) faults.add(locOf(step), 'finite_number', 'A number must be finite');
  } else if (value !== null && typeof value !== 'boolean') {
    faults.add(locOf(step), 'json_type', `A value of type ${typeof value} cannot be said in JSON`);
  }
}

/**
 * Whether a document is plain, small JSON, as all that follows takes for granted: at most 64 levels, no NUL, no key `__proto__`, numbers
 * finite. It walks without recursion, so that no depth of nesting can exhaust the stack. False where it must not be read further.
 */
export function checkDocument(document: unknown, faults: Faults): boolean {
  const before = faults.list.length;
  const open: Step[] = [{ value: document, key: '', parent: undefined, depth: 0 }];
  let count = 0;
  for (let step = open.pop(); step; step = open.pop()) {
    if (++count > MAX_VALUES) {
      faults.add([], 'too_large', `The definition holds more than ${MAX_VALUES.toLocaleString('en')} values`);
      return false;
    }
    const { value, depth } = step;
    if (typeof value !== 'object' || value === null) {
      checkScalar(step, faults);
      continue;
    }
    if (depth >= MAX_DEPTH) {
      faults.add(locOf(step).slice(0, 8), 'too_deep', `The definition is nested deeper than ${MAX_DEPTH} levels`);
      return false;
    }
    const children = Array.isArray(value) ? value.entries() : Object.entries(value);
    for (const [key, child] of children) {
      const next = { value: child, key, parent: step, depth: depth + 1 };
      if (typeof key === 'string' && (FORBIDDEN_KEYS.has(key) || key.includes('\0'))) {
        faults.add(locOf(next), 'forbidden_key', `The key ${JSON.stringify(key)} is not allowed`);
      } else open.push(next);
    }
  }
  return faults.list.length === before;
}
