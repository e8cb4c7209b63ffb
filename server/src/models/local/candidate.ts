import type { Json } from '#base';
import type { Piece } from './layout.ts';

/** A possible value of a field, where it stands, and how far label, place and letters speak for it. */
export interface Candidate {
  value: Json;
  pieces: Piece[];
  /** 0..1. */
  score: number;
  /** For people. */
  reason: string;
  /** Why it is no value after all. */
  problem?: string;
  /** Other numbers on the document agree with it, so that a rival is no doubt. */
  proven?: boolean;
}

/** How far OCR can be trusted over these words: between their mean and their weakest. */
export function legibility(pieces: readonly Piece[]): number {
  if (pieces.length === 0) return 0;
  const mean = pieces.reduce((sum, piece) => sum + piece.confidence, 0) / pieces.length;
  const least = Math.min(...pieces.map((piece) => piece.confidence));
  return Math.min(1, Math.max(0, (mean + least) / 2));
}

/** Two proofs of one thing: what neither explains away. */
export const strengthen = (confidence: number, doubtLeft: number): number => 1 - (1 - confidence) * doubtLeft;

/** Best first, one for each value: the same value at two labels is surer than at one. */
export function rankCandidates(candidates: Candidate[]): Candidate[] {
  const byValue = new Map<string, Candidate>();
  for (const candidate of [...candidates].sort((a, b) => b.score - a.score)) {
    const key = JSON.stringify(candidate.value) + (candidate.problem ?? '');
    const known = byValue.get(key);
    if (known === undefined) byValue.set(key, { ...candidate });
    else if (known.pieces[0] !== candidate.pieces[0]) known.score = strengthen(known.score, 1 - 0.4 * candidate.score);
  }
  return [...byValue.values()].sort((a, b) => b.score - a.score);
}
