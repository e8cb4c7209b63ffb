import { type Candidate, strengthen } from './candidate.ts';

/** Net, tax and gross by their concept's id. */
export interface SumCandidates {
  net: Candidate[];
  tax: Candidate[];
  gross: Candidate[];
}

export interface SumProof {
  net: Candidate | undefined;
  tax: Candidate | undefined;
  gross: Candidate | undefined;
}

const CENT = 0.011; // rounding per line may cost a cent; more is another sum
const TRIED = 8; // candidates of each: the right one stands far in front
const PROOF = 0.2; // the doubt that is left once three printed numbers add up
const RATE_LIMIT = 0.4; // a tax above this share of the net is another number that happens to fit

/** The triple net + tax = gross that the labels speak for most; undefined where none adds up. */
export function findSum(candidates: SumCandidates): SumProof | undefined {
  let best: { proof: SumProof; weight: number } | undefined;
  for (const gross of candidates.gross.slice(0, TRIED)) {
    for (const net of candidates.net.slice(0, TRIED)) {
      for (const tax of candidates.tax.slice(0, TRIED)) {
        const weight = gross.score + net.score + tax.score;
        if (addsUp(net, tax, gross) && (best === undefined || weight > best.weight)) best = { proof: { net, tax, gross }, weight };
      }
    }
  }
  return best?.proof ?? sumOfRates(candidates);
}

/** Two rates on one invoice: net + tax at 7 % + tax at 19 % = gross. */
function sumOfRates(candidates: SumCandidates): SumProof | undefined {
  for (const gross of candidates.gross.slice(0, TRIED)) {
    for (const net of candidates.net.slice(0, TRIED)) {
      const taxes = candidates.tax.slice(0, TRIED);
      for (let i = 0; i < taxes.length; i++) {
        for (let j = i + 1; j < taxes.length; j++) {
          const tax = together(taxes[i] as Candidate, taxes[j] as Candidate);
          if (addsUp(net, tax, gross)) return { net, tax, gross };
        }
      }
    }
  }
  return undefined;
}

function together(a: Candidate, b: Candidate): Candidate {
  const pieces = a.pieces[0]?.page === b.pieces[0]?.page ? [...a.pieces, ...b.pieces] : a.pieces;
  const value = Math.round(((a.value as number) + (b.value as number)) * 100) / 100;
  return { value, pieces, score: Math.min(a.score, b.score), reason: `the sum of two rates, ${a.reason} and ${b.reason}` };
}

function addsUp(net: Candidate, tax: Candidate, gross: Candidate): boolean {
  const [n, t, g] = [net.value as number, tax.value as number, gross.value as number];
  if (net.pieces[0] === tax.pieces[0] || tax.pieces[0] === gross.pieces[0]) return false;
  return Math.abs(n + t - g) < CENT && Math.abs(t) <= Math.abs(n) * RATE_LIMIT + CENT && g !== 0;
}

/** The proven candidate, surer than before. */
export const withProof = (candidate: Candidate): Candidate => ({
  ...candidate,
  proven: true,
  score: strengthen(candidate.score, PROOF),
  reason: `${candidate.reason}; net and tax add up to the total`,
});
