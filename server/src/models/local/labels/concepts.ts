import { AMOUNTS } from './amounts.ts';
import type { Concept } from './concept.ts';
import { DATES } from './dates.ts';
import { IDENTIFIERS } from './identifiers.ts';
import { PARTIES } from './parties.ts';

/** What the local model knows by name, outside tables. Earlier ones win where a field could mean two. */
export const CONCEPTS: readonly Concept[] = [...IDENTIFIERS, ...DATES, ...AMOUNTS, ...PARTIES];
