/** What a look at one thing gave. `says` of one that is not ok ends with what to do. */
export interface Finding {
  what: string;
  ok: boolean;
  says: string;
}

/** Of several things that can be wrong with one: all of them in a sentence each, or what is well. */
export function findingOf(what: string, faults: readonly string[], well: string): Finding {
  return { what, ok: faults.length === 0, says: faults.length === 0 ? well : faults.join('. ') };
}
