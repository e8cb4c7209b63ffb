/**
 * Widths of the printable ASCII characters in Helvetica, in thousandths of the type size (Adobe's font metrics; Liberation Sans and Arial
 * agree). A PDF's text items tell the width of a run only: where a blank stands within it is estimated in these proportions.
 */
const HELVETICA = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278,
  278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722,
  667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556,
  556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];
const OTHER = 580; // letters with accents and most other scripts

const widthOf = (character: string): number => HELVETICA[character.charCodeAt(0) - 32] ?? OTHER;

export interface Piece {
  text: string;
  /** Where it begins and ends, as shares of the whole run's width. */
  start: number;
  end: number;
}

/** The pieces of a run between its blanks. */
export function splitAtBlanks(run: string): Piece[] {
  const total = [...run].reduce((sum, character) => sum + widthOf(character), 0);
  const pieces: Piece[] = [];
  let position = 0;
  for (const part of run.split(/(\s+)/)) {
    const start = position;
    for (const character of part) position += widthOf(character);
    if (part.trim() !== '') pieces.push({ text: part, start: start / total, end: position / total });
  }
  return pieces;
}
