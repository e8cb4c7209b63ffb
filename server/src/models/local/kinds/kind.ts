import type { Json } from '#base';
import type { Piece } from '../layout.ts';

/** Habits of the document that decide how ambiguous values are read. */
export interface Habits {
  /** ISO 639-1, `en` where unknown. */
  language: string;
  decimal: '.' | ',';
  /** 04/05/26 is 4 May. */
  dayFirst: boolean;
  /** ISO 3166 code for phone numbers without a country. */
  country: string;
  /** ISO 4217 code that the document uses, where one can be seen. */
  currency: string | undefined;
}

/** A value read from consecutive pieces. */
export interface Reading {
  value: Json;
  /** How many pieces it took. */
  length: number;
  /** 0..1: how surely the letters mean this value. */
  quality: number;
  /** Why it is no value after all (a failed check digit): for people. */
  problem?: string;
}

/** Reads a value that begins at `pieces[at]`, or says that none does. */
export type Reader = (pieces: readonly Piece[], at: number, habits: Habits) => Reading | undefined;

/** The word without the punctuation around it. */
export const bare = (text: string): string => text.replace(/^[\s:;,.([\]#"'„“”«»=*|]+|[\s:;,)(\]["'„“”«»*|]+$/g, '');
