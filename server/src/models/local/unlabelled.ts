import { windowBlock } from './address-window.ts';
import { type Candidate, rankCandidates } from './candidate.ts';
import type { Query } from './fields.ts';
import { readerOf } from './kinds/readers.ts';
import type { SearchKind } from './labels/concept.ts';
import type { Piece } from './layout.ts';
import { senderAddressCandidates, senderCandidates } from './letterhead.ts';
import { partCandidates } from './parties.ts';
import type { ReadingContext } from './reading-context.ts';

/** How far the form of a value alone proves what it is, where there is but one on the document. */
const FORM_ALONE: Partial<Record<SearchKind, number>> = {
  iban: 0.8,
  email: 0.7,
  vat_id: 0.7,
  url: 0.6,
  currency: 0.7,
  date: 0.5,
  datetime: 0.5,
  enum: 0.6,
  percent: 0.6,
};
const AMONG_SEVERAL = 0.5; // the same, where there are others
const LARGEST_SUM = 0.35; // a total without a label is a guess that a person must see

/** What can be found without a label: by form where that says enough, by place for parties. */
export function findUnlabelled(query: Query, context: ReadingContext): Candidate[] {
  if (query.kind === 'party' || query.kind === 'address') return findParty(query, context);
  if (query.kind === 'currency') return byHabit(query, context);
  if (query.kind === 'amount') return query.concept?.id === 'gross' ? largestAmount(query, context) : [];
  if (query.kind === 'date' && query.concept?.id !== 'issue_date') return [];
  const form = FORM_ALONE[query.kind];
  return form === undefined ? [] : byForm(query, context, form);
}

function findParty(query: Query, context: ReadingContext): Candidate[] {
  if (query.party === 'supplier') return query.kind === 'party' ? senderCandidates(context) : senderAddressCandidates(context);
  if (query.party !== 'customer') return [];
  const lines = windowBlock(context);
  const reason = 'stands in the window of the address on page 1; no label names it';
  return lines === undefined ? [] : partCandidates([{ lines, named: true, score: 0.6, reason }], query);
}

interface Found {
  value: Candidate['value'];
  pieces: Piece[];
  quality: number;
}

function* readings(query: Query, context: ReadingContext): Generator<Found> {
  const reader = readerOf(query.kind, query.spec.values);
  for (const page of context.layout.pages) {
    for (const row of page.rows) {
      for (let at = 0; at < row.pieces.length; ) {
        const reading = reader(row.pieces, at, context.habits);
        if (reading !== undefined && reading.problem === undefined) {
          yield { value: reading.value, pieces: row.pieces.slice(at, at + reading.length), quality: reading.quality };
        }
        at += Math.max(1, reading?.length ?? 1);
      }
    }
  }
}

function byForm(query: Query, context: ReadingContext, form: number): Candidate[] {
  const found = [...readings(query, context)];
  const several = new Set(found.map((each) => JSON.stringify(each.value))).size > 1;
  const candidates = found.map((each, i) => ({
    value: each.value,
    pieces: each.pieces,
    score: form * each.quality * (several ? AMONG_SEVERAL : 1) * 0.995 ** i,
    reason: several
      ? `one of several of its kind on the document; no label names it (page ${each.pieces[0]?.page})`
      : `the only one of its kind on the document, on page ${each.pieces[0]?.page}`,
  }));
  return rankCandidates(candidates);
}

function byHabit(query: Query, context: ReadingContext): Candidate[] {
  const currency = context.habits.currency;
  const first = [...readings(query, context)].find((each) => each.value === currency);
  if (currency === undefined || first === undefined) return [];
  return [
    {
      value: currency,
      pieces: first.pieces,
      score: 0.85,
      reason: `the currency that the sums are printed in, first on page ${first.pieces[0]?.page}`,
    },
  ];
}

function largestAmount(query: Query, context: ReadingContext): Candidate[] {
  let best: Found | undefined;
  for (const each of readings(query, context)) {
    if (each.quality < 0.9 || typeof each.value !== 'number') continue;
    if (best === undefined || each.value > (best.value as number)) best = each;
  }
  if (best === undefined) return [];
  return [
    {
      value: best.value,
      pieces: best.pieces,
      score: LARGEST_SUM,
      reason: `the largest sum on the document, on page ${best.pieces[0]?.page}; no label names it`,
    },
  ];
}
