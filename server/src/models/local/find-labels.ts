import { type Layout, type Piece, type Row, segmentsOf } from './layout.ts';
import { editDistance, type Token, tokensOf, toleranceOf } from './tokens.ts';

/** A label phrase where it stands on the page. */
export interface LabelHit {
  /** The phrase, folded. */
  key: string;
  row: Row;
  /** First piece of the row that belongs to it, and the last. */
  from: number;
  to: number;
  /** Offset in the last piece behind the label: the value may begin in the same word. */
  endOffset: number;
  /** 0..1: letters as expected, and standing where labels stand. */
  quality: number;
  /** The label opens its segment: what other labels end at. */
  opens: boolean;
  /** Followed by a colon, or alone in its segment. */
  marked: boolean;
}

interface Place {
  token: Token;
  piece: number;
}

/** Label phrases as a tree of tokens. */
interface Branch {
  next: Map<string, Branch>;
  key: string | undefined;
}

const newBranch = (): Branch => ({ next: new Map(), key: undefined });

/** Finds every label of a vocabulary in a layout: at each place the longest, none inside another. */
export function findLabels(layout: Layout, phrases: Iterable<string>): LabelHit[] {
  const root = newBranch();
  for (const phrase of phrases) addPhrase(root, phrase);
  const spelling = new Spelling(root);
  const hits: LabelHit[] = [];
  for (const page of layout.pages) for (const row of page.rows) findInRow(row, root, spelling, hits);
  return hits;
}

function addPhrase(root: Branch, phrase: string): void {
  let branch = root;
  for (const token of phrase.split(' ')) {
    let next = branch.next.get(token);
    if (next === undefined) {
      next = newBranch();
      branch.next.set(token, next);
    }
    branch = next;
  }
  branch.key = phrase;
}

const LOOKS_ALIKE = 0.95;

/** Letters that OCR takes for one another become one: `lnvoice`, `Dale` and `Nurnber` look like the words that they are. */
const shapeOf = (word: string): string =>
  word
    .replaceAll('rn', 'm')
    .replace(/[il1tfj|]/g, 'l')
    .replaceAll('0', 'o')
    .replaceAll('c', 'e')
    .replaceAll('5', 's');

/** Which letters a word has, as bits: an edit changes two of them at most, so most words need no closer look. */
function lettersOf(word: string): number {
  let bits = 0;
  for (let i = 0; i < word.length; i++) bits |= 1 << (word.charCodeAt(i) & 31);
  return bits;
}

function bitCount(bits: number): number {
  let count = 0;
  for (let left = bits; left !== 0; left &= left - 1) count++;
  return count;
}

/** Which words of the vocabulary a printed word may be, with how well it agrees; asked once for each different word. */
class Spelling {
  readonly #words: { word: string; letters: number }[] = [];
  readonly #known = new Set<string>();
  /** Words that look alike on paper. */
  readonly #byShape = new Map<string, string>();
  readonly #answers = new Map<string, { word: string; quality: number }[]>();

  constructor(root: Branch) {
    const collect = (branch: Branch): void => {
      for (const [word, next] of branch.next) {
        if (!this.#known.has(word)) {
          this.#known.add(word);
          if (word.length >= 5) this.#words.push({ word, letters: lettersOf(word) });
          if (word.length >= 4) this.#byShape.set(shapeOf(word), word);
        }
        collect(next);
      }
    };
    collect(root);
  }

  readings(token: string): { word: string; quality: number }[] {
    let answer = this.#answers.get(token);
    if (answer === undefined) {
      answer = this.#known.has(token) ? [{ word: token, quality: 1 }] : this.#similar(token);
      this.#answers.set(token, answer);
    }
    return answer;
  }

  #similar(token: string): { word: string; quality: number }[] {
    if (token.length < 4 || token.length > 40 || (token.match(/\d/g)?.length ?? 0) * 3 > token.length) return [];
    const alike = this.#byShape.get(shapeOf(token));
    if (alike !== undefined) return [{ word: alike, quality: LOOKS_ALIKE }];
    const found: { word: string; quality: number }[] = [];
    if (token.length < 5) return found;
    const letters = lettersOf(token);
    for (const { word, letters: its } of this.#words) {
      const tolerance = toleranceOf(Math.min(word.length, token.length));
      if (Math.abs(word.length - token.length) > tolerance || bitCount(letters ^ its) > 2 * tolerance) continue;
      const distance = editDistance(token, word, tolerance);
      if (distance <= tolerance) found.push({ word, quality: 1 - (0.6 * distance) / word.length - 0.02 });
    }
    return found;
  }
}

/** The word goes on: `PO-7781` is a value, `invoice-related` a word, neither a label. */
const CONTINUES = /^(?:[-_]?[\p{L}\p{N}]|\/\d)/u;

const SEPARATOR_END = /[,;:|·•/–—()[\]-]$/;
const MAX_PHRASE_GAP = 2; // a rate inside a label: `incl. 19 % VAT`, `zzgl. 7,7 % MwSt.`

function findInRow(row: Row, root: Branch, spelling: Spelling, hits: LabelHit[]): void {
  const segmentOf = segmentIndex(row);
  const places: Place[] = row.pieces.flatMap((piece, index) => tokensOf(piece.text).map((token) => ({ token, piece: index })));
  for (let i = 0; i < places.length; ) {
    const match = longestMatch(places, i, root, spelling, segmentOf);
    const hit = match === undefined ? undefined : toHit(row, places, i, match, segmentOf);
    if (hit !== undefined && match !== undefined) hits.push(hit);
    i = match === undefined ? i + 1 : match.end + 1;
  }
}

function segmentIndex(row: Row): number[] {
  const index: number[] = [];
  segmentsOf(row.pieces).forEach((segment, number) => {
    for (const _ of segment) index.push(number);
  });
  return index;
}

interface Match {
  key: string;
  end: number;
  spelled: number;
}

function longestMatch(places: Place[], start: number, root: Branch, spelling: Spelling, segmentOf: number[]): Match | undefined {
  let best: Match | undefined;
  const walk = (branch: Branch, at: number, spelled: number, skipped: number): void => {
    const place = places[at];
    const before = places[at - 1];
    if (place === undefined) return;
    if (at > start && before !== undefined && segmentOf[place.piece] !== segmentOf[before.piece]) return;
    if (at > start && skipped < MAX_PHRASE_GAP && /^\d{1,2}$/.test(place.token.text)) walk(branch, at + 1, spelled, skipped + 1);
    for (const reading of spelling.readings(place.token.text)) {
      const next = branch.next.get(reading.word);
      if (next === undefined) continue;
      const quality = Math.min(spelled, reading.quality);
      if (next.key !== undefined && (best === undefined || at > best.end || (at === best.end && quality > best.spelled))) {
        best = { key: next.key, end: at, spelled: quality };
      }
      walk(next, at + 1, quality, skipped);
    }
  };
  walk(root, start, 1, 0);
  return best;
}

function toHit(row: Row, places: Place[], start: number, match: Match, segmentOf: number[]): LabelHit | undefined {
  const first = places[start];
  const last = places[match.end];
  if (first === undefined || last === undefined) return undefined;
  const piece = row.pieces[last.piece];
  if (piece === undefined) return undefined;
  const opens = opensSegment(row, first, segmentOf);
  const rest = piece.text.slice(last.token.end);
  if (CONTINUES.test(rest)) return undefined;
  const nextPiece = row.pieces[last.piece + 1];
  const sameSegment = nextPiece !== undefined && segmentOf[last.piece + 1] === segmentOf[last.piece];
  const colon = /^[.)\]]*\s*[:=]/.test(rest) || (nextPiece !== undefined && /^[:=]/.test(nextPiece.text));
  const alone = opens && !sameSegment && rest.replace(/[\p{P}\p{S}]/gu, '') === '';
  const context = opens ? (colon || alone ? 1 : 0.94) : colon ? 0.92 : 0.6;
  return {
    key: match.key,
    row,
    from: first.piece,
    to: last.piece,
    endOffset: last.token.end,
    quality: match.spelled * context,
    opens,
    marked: colon || alone,
  };
}

function opensSegment(row: Row, first: Place, segmentOf: number[]): boolean {
  const piece = row.pieces[first.piece] as Piece;
  if (/[\p{L}\p{N}]/u.test(piece.text.slice(0, first.token.start))) return false;
  const before = row.pieces[first.piece - 1];
  return before === undefined || segmentOf[first.piece] !== segmentOf[first.piece - 1] || SEPARATOR_END.test(before.text);
}

/** Where the label stands, as pieces. */
export const labelPieces = (hit: LabelHit): Piece[] => hit.row.pieces.slice(hit.from, hit.to + 1);
