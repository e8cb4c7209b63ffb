import type { Json } from '#base';
import type { Candidate } from './candidate.ts';
import type { Query } from './fields.ts';
import { parseNumber } from './kinds/amount.ts';
import type { Habits } from './kinds/kind.ts';
import { bare } from './kinds/kind.ts';
import { cleanText } from './kinds/words.ts';
import { textOf } from './layout.ts';

/** Kinds whose reading is better than the printed text also as text. */
const NORMALIZED_TEXT = new Set(['currency', 'enum', 'email', 'identifier', 'party', 'address', 'text']);

/** The value in the field's data type, or why the text cannot be one. */
export function convert(candidate: Candidate, query: Query, habits: Habits): { value: Json } | { problem: string } {
  if (candidate.problem !== undefined) return { problem: candidate.problem };
  switch (query.dataType) {
    case 'int':
      return toInteger(candidate, habits);
    case 'float':
    case 'money':
      return toNumber(candidate, habits);
    case 'string':
    case 'text':
      return { value: NORMALIZED_TEXT.has(query.kind) && typeof candidate.value === 'string' ? candidate.value : printed(candidate) };
    case 'enum':
      return query.spec.values.includes(String(candidate.value))
        ? { value: candidate.value }
        : { problem: 'it is none of the values of the field' };
    default:
      return candidate.value === null ? { problem: 'it is no value of this type' } : { value: candidate.value };
  }
}

const printed = (candidate: Candidate): string => cleanText(textOf(candidate.pieces)) || String(candidate.value);

function toNumber(candidate: Candidate, habits: Habits): { value: Json } | { problem: string } {
  if (typeof candidate.value === 'number') return { value: candidate.value };
  const number = parseNumber(bare(String(candidate.value)), habits.decimal);
  return number === undefined ? { problem: 'it is not a number' } : { value: number.value };
}

/** Digits are a whole number, also as an invoice's number; `INV-2026-0481` is none, and guessing its digits would make up a value. */
function toInteger(candidate: Candidate, habits: Habits): { value: Json } | { problem: string } {
  const text = String(candidate.value);
  if (typeof candidate.value === 'string' && /^\d+$/.test(text)) {
    return Number.isSafeInteger(Number(text)) ? { value: Number(text) } : { problem: 'it is too large for a whole number' };
  }
  const number = toNumber(candidate, habits);
  if ('problem' in number) return { problem: 'it is not a whole number; give the field the type string to keep it' };
  return Number.isSafeInteger(number.value) ? number : { problem: 'it is not a whole number' };
}
