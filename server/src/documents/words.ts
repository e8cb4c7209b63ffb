import type { Box, Word } from './document.ts';

/** Two boxes stand on one line where they share this part of the lower one's height. */
const SAME_LINE_OVERLAP = 0.5;
/** Lines that a word is compared with: words come sorted by height, so only the latest can hold it. */
const LINES_LOOKED_AT = 4;

/** A word, or a part of one. */
interface Placed {
  text: string;
  box: Box;
}

interface Line<T> {
  words: T[];
  top: number;
  bottom: number;
}

/**
 * Words in reading order, as lines: top to bottom, and within a line from left to right (from right to left in Hebrew and Arabic). A row of a
 * table or a label and its value are one line, however wide the gap. The boxes must stand upright: a turned page is straightened first.
 */
export function arrangeLines<T extends Placed>(words: readonly T[]): T[][] {
  const sorted = [...words].sort((a, b) => middle(a.box) - middle(b.box));
  const lines: Line<T>[] = [];
  for (const word of sorted) {
    const line = lines.slice(-LINES_LOOKED_AT).find((candidate) => sharesLine(candidate, word.box));
    if (line === undefined) lines.push({ words: [word], top: word.box[1], bottom: word.box[3] });
    else addToLine(line, word);
  }
  return lines.map((line) => sortInLine(line.words));
}

/** The text of lines: blanks between words, line feeds between lines. Splitting it at white space gives the words again. */
export const textOfLines = (lines: Word[][]): string => lines.map((line) => line.map((word) => word.text).join(' ')).join('\n');

const middle = (box: Box): number => (box[1] + box[3]) / 2;

function sharesLine(line: Line<Placed>, box: Box): boolean {
  const shared = Math.min(line.bottom, box[3]) - Math.max(line.top, box[1]);
  return shared > SAME_LINE_OVERLAP * Math.min(line.bottom - line.top, box[3] - box[1]);
}

/** The band of a line is the mean of its words, so that it neither widens with each word nor follows the first one. */
function addToLine<T extends Placed>(line: Line<T>, word: T): void {
  const count = line.words.push(word);
  line.top += (word.box[1] - line.top) / count;
  line.bottom += (word.box[3] - line.bottom) / count;
}

const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}]/u;

function sortInLine<T extends Placed>(words: T[]): T[] {
  const isRightToLeft = words.filter((word) => RIGHT_TO_LEFT.test(word.text)).length * 2 > words.length;
  return words.sort((a, b) => (isRightToLeft ? b.box[0] - a.box[0] : a.box[0] - b.box[0]));
}

/** Text that PostgreSQL, JSON and a terminal can hold: no NUL or other control characters, no lone surrogates, no invisible marks. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
export const cleanText = (text: string): string => text.toWellFormed().replace(/[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\u200b\ufeff]/g, '');

/** A box within the page, rounded to a hundredth of a thousandth: a thirtieth of a point on A4. */
export function pageBox(x0: number, y0: number, x1: number, y1: number, page: { width: number; height: number }): Box {
  const place = (value: number, size: number) => Math.round(Math.min(1, Math.max(0, value / size)) * 1e5) / 1e5;
  return [place(x0, page.width), place(y0, page.height), place(x1, page.width), place(y1, page.height)];
}
