import { type Candidate, rankCandidates } from './candidate.ts';
import type { Query } from './fields.ts';
import { type LabelHit, labelPieces } from './find-labels.ts';
import type { Reader, Reading } from './kinds/kind.ts';
import { readerOf } from './kinds/readers.ts';
import type { SearchKind } from './labels/concept.ts';
import { type Piece, segmentsOf, textOf } from './layout.ts';
import type { ReadingContext } from './reading-context.ts';
import { belowOf, isInside, rightOf } from './value-areas.ts';

/** How far behind its label a value may begin, in words, by kind; further on stands something else. */
const REACH: Partial<Record<SearchKind, number>> = { identifier: 2, text: 0, party: 0, address: 0, number: 3, bool: 2, phone: 2 };
const DEFAULT_REACH = 7;

const BELOW = 0.93; // below is as usual as beside, but columns are easier to mistake
const CROWDED = 0.85; // below, although something stands beside
const MID_SENTENCE = 0.7;
const LEFT_FACTOR = 0.96; // each word between label and value
const OTHER_PARTY = 0.35;
const LAST_OF_SEVERAL = 0.85;
const EARLIER_OF_SEVERAL = 0.55;

/** Values beside and below the labels of a field, best first. */
export function findCandidates(query: Query, context: ReadingContext): Candidate[] {
  const found: Candidate[] = [];
  const reader = readerOf(query.kind, query.spec.values);
  for (const [key, strength] of query.phrases) {
    for (const hit of context.hitsByKey.get(key) ?? []) {
      if (context.headerRows.has(hit.row)) continue;
      for (const candidate of candidatesOf(hit, query, reader, context)) {
        candidate.score *= strength * hit.quality * standing(hit, strength, query.kind);
        found.push(candidate);
      }
    }
  }
  for (const candidate of found) candidate.score *= partyFactor(candidate, query, context);
  return rankCandidates(found.filter((candidate) => candidate.score > 0.05));
}

/** Labels of one ordinary word (`to`, `from`, `total`) must stand like labels. */
function standing(hit: LabelHit, strength: number, kind: SearchKind): number {
  if (hit.marked || strength > 0.9) return 1;
  const open = kind === 'text' || kind === 'party' || kind === 'address';
  return open ? (hit.opens ? MID_SENTENCE : 0) : hit.opens ? 0.95 : 0.8;
}

function partyFactor(candidate: Candidate, query: Query, context: ReadingContext): number {
  const area = context.customerArea;
  const first = candidate.pieces[0];
  if (!PARTY_KINDS.has(query.kind) || area === undefined || first === undefined) return 1;
  const inside = isInside(first, area.page, area.area);
  if (query.party === 'customer') return inside ? 1 : OTHER_PARTY;
  return inside ? OTHER_PARTY : 1;
}

/** Of these an invoice has the sender's and perhaps the customer's; unqualified, the sender's is meant. */
const PARTY_KINDS = new Set<SearchKind>(['vat_id', 'iban', 'phone', 'email', 'url', 'bic']);

function candidatesOf(hit: LabelHit, query: Query, reader: Reader, context: ReadingContext): Candidate[] {
  const label = textOf(labelPieces(hit))
    .replace(/[\s:]+$/, '')
    .slice(0, 80);
  const right = query.kind === 'percent' ? hit.row.pieces.slice(hit.from) : rightOf(hit, context);
  const beside = read(right, query.kind, reader, context).map((each) =>
    toCandidate(each, `beside the label '${label}' on page ${hit.row.page}`),
  );
  const below = belowOf(hit, context);
  if (below === undefined) return beside;
  const crowded = right.length > 0 && (beside.length > 0 || query.kind !== 'identifier') ? CROWDED : 1;
  const under = read(below.pieces, query.kind, reader, context)
    .filter((each) => query.kind !== 'identifier' || each.at === 0)
    .map((each) => toCandidate(each, `below the label '${label}' on page ${hit.row.page}`));
  for (const candidate of under) candidate.score *= BELOW * crowded * (fills(candidate, below.pieces, query.kind) ? 1 : 0.6);
  return [...beside, ...under];
}

/** A code below a label stands alone in its column; `12 Main Street` is no invoice number. */
const fills = (candidate: Candidate, pieces: Piece[], kind: SearchKind): boolean =>
  kind !== 'identifier' || candidate.pieces.length === pieces.length;

interface Read {
  reading: Reading;
  at: number;
  pieces: Piece[];
  score: number;
}

const toCandidate = (read: Read, reason: string): Candidate => ({
  value: read.reading.value,
  pieces: read.pieces,
  score: read.score,
  reason,
  ...(read.reading.problem === undefined ? {} : { problem: read.reading.problem }),
});

/** Readings in an area. Of several sums in a row the last is the one meant: rates and bases stand before it. */
function read(area: Piece[], kind: SearchKind, reader: Reader, context: ReadingContext): Read[] {
  const readings: Read[] = [];
  const reach = REACH[kind] ?? DEFAULT_REACH;
  const wide = kind === 'amount' || kind === 'percent';
  for (let at = 0; at < area.length && (wide ? at < 24 : at <= reach); ) {
    const reading = reader(area, at, context.habits);
    if (reading === undefined) {
      at++;
      continue;
    }
    const skipped = wide ? 0 : at;
    readings.push({ reading, at, pieces: area.slice(at, at + reading.length), score: reading.quality * LEFT_FACTOR ** skipped });
    if (!wide) break;
    at += Math.max(1, reading.length);
  }
  if (kind !== 'amount') return readings.slice(0, 1);
  if (readings.length > 1)
    readings.forEach((each, i) => {
      each.score *= i === readings.length - 1 ? LAST_OF_SEVERAL : EARLIER_OF_SEVERAL;
    });
  return readings;
}

/** Words of a line up to its first wide gap. */
export const firstSegment = (pieces: Piece[]): Piece[] => segmentsOf(pieces)[0] ?? [];
