import type { Candidate } from './candidate.ts';
import { conceptPhrases, type Query } from './fields.ts';
import { firstSegment } from './find-candidates.ts';
import type { LabelHit } from './find-labels.ts';
import { bare } from './kinds/kind.ts';
import { cleanText } from './kinds/words.ts';
import type { Concept } from './labels/concept.ts';
import { type Piece, type Rectangle, type Row, rectangleOf, textOf } from './layout.ts';
import type { ReadingContext } from './reading-context.ts';
import { belowOf, blockFrom, isInside, rightOf } from './value-areas.ts';

export interface Line {
  pieces: Piece[];
  row: Row;
}

/** A party as it stands on the page: its name, the lines of its address. */
export interface PartyBlock {
  lines: Line[];
  /** The first line is the name; under a label such as `Delivery address` of an address field there may be none. */
  named: boolean;
  score: number;
  reason: string;
}

const SALUTATION = /^(?:herrn?|frau|firma|mr|mrs|ms|attn|an|m|mme|sr|sra|to)[.:]?$/i;
const CONTACT = /@|^(?:tel|phone|fax|mail|e-?mail|www|http|ust|vat|iban|tva|nif|cif)\b/i;
export const POSTCODE =
  /(?:^|[\s,])(?:[A-Z]{1,2}-)?\d{5}(?:\s|$|,)|\b[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}\b|\b[A-Z]{2},?\s\d{5}\b|(?:^|\s)\d{4}\s+\p{Lu}\p{Ll}/u;

/** Blocks under the labels of a party (`Bill to`), best first. */
export function findLabelledBlocks(phrases: Map<string, number>, context: ReadingContext, named = true): PartyBlock[] {
  const blocks: PartyBlock[] = [];
  for (const [key, strength] of phrases) {
    for (const hit of context.hitsByKey.get(key) ?? []) {
      if (context.headerRows.has(hit.row)) continue;
      const block = blockOf(hit, strength, context);
      if (block !== undefined) blocks.push({ ...block, named });
    }
  }
  return blocks.sort((a, b) => b.score - a.score);
}

function blockOf(hit: LabelHit, strength: number, context: ReadingContext): Omit<PartyBlock, 'named'> | undefined {
  if ((strength < 0.9 && !hit.marked) || !(hit.opens || hit.marked)) return undefined;
  const label = textOf(hit.row.pieces.slice(hit.from, hit.to + 1)).replace(/[\s:]+$/, '');
  const beside = firstSegment(rightOf(hit, context));
  const below = belowOf(hit, context);
  const first = isName(beside) ? { pieces: beside, row: hit.row } : below !== undefined && isName(below.pieces) ? below : undefined;
  if (first === undefined) return undefined;
  const lines = blockFrom(first, context).filter((line) => !SALUTATION.test(bare(textOf(line.pieces))));
  if (lines.length === 0) return undefined;
  const address = lines.length > 1 ? 1 : 0.93;
  const place = first.row === hit.row ? 'beside' : 'below';
  return {
    lines,
    score: strength * hit.quality * address * 0.95,
    reason: `${place} the label '${label.slice(0, 80)}' on page ${hit.row.page}`,
  };
}

const isName = (pieces: Piece[]): boolean => /\p{L}{2}/u.test(textOf(pieces)) && !/^\d[\d.,/-]*$/.test(bare(textOf(pieces)));

/** Where the customer stands: contacts in there are not the sender's. */
export function customerAreaOf(concept: Concept, context: ReadingContext): { page: number; area: Rectangle } | undefined {
  const block = findLabelledBlocks(conceptPhrases(concept), context)[0];
  if (block === undefined || block.lines.length < 2) return undefined;
  return areaOf(block.lines);
}

/** The lines with some room around them: labels of the customer's own numbers stand close by. */
export function areaOf(lines: Line[]): { page: number; area: Rectangle } {
  const pieces = lines.flatMap((line) => line.pieces);
  const height = lines[0]?.row.height ?? 0;
  const area = rectangleOf(pieces);
  return {
    page: pieces[0]?.page ?? 1,
    area: { x0: area.x0 - height, x1: area.x1 + 8 * height, y0: area.y0 - height, y1: area.y1 + 2.5 * height },
  };
}

/** The name (first line) or the address (the lines behind it) of a block. */
export function partCandidates(blocks: PartyBlock[], query: Query): Candidate[] {
  const candidates: Candidate[] = [];
  for (const block of blocks) {
    const pieces = query.kind === 'address' ? addressLines(block).flatMap((line) => line.pieces) : (block.lines[0]?.pieces ?? []);
    const text = query.kind === 'address' ? addressText(block) : cleanText(textOf(pieces));
    if (text === '') continue;
    const complete = query.kind !== 'address' || POSTCODE.test(text) ? 1 : 0.8;
    candidates.push({ value: text, pieces, score: block.score * complete * 0.97, reason: block.reason });
  }
  return candidates;
}

const addressLines = (block: PartyBlock): Line[] =>
  block.lines.slice(block.named ? 1 : 0).filter((line) => !CONTACT.test(textOf(line.pieces)));
const addressText = (block: PartyBlock): string =>
  addressLines(block)
    .map((line) => cleanText(textOf(line.pieces)))
    .join(', ');

/** Blocks for a name or an address: an address stands under its party's label, its first line being the name, or under a label of its own. */
export function blocksFor(query: Query, nameLabels: Map<string, number> | undefined, context: ReadingContext): PartyBlock[] {
  if (query.kind === 'party' || nameLabels === undefined) return findLabelledBlocks(query.phrases, context, query.kind === 'party');
  const own = new Map([...query.phrases].filter(([key]) => !nameLabels.has(key)));
  return [...findLabelledBlocks(nameLabels, context), ...findLabelledBlocks(own, context, false)].sort((a, b) => b.score - a.score);
}

export const isInCustomerArea = (pieces: Piece[], context: ReadingContext): boolean => {
  const first = pieces[0];
  return first !== undefined && context.customerArea !== undefined && isInside(first, context.customerArea.page, context.customerArea.area);
};
