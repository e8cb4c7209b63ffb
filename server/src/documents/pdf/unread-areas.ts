import type { Box, Word } from '../document.ts';

/** What of a page a picture must cover at least, and how wide and high it must be, to hold text that is worth a second of OCR: not a logo. */
const MIN_AREA = 0.03;
const MIN_WIDTH = 0.15;
const MIN_HEIGHT = 0.03;
/** Words of the text layer on a picture from which on its text is taken to be there: OCR laid beneath a scan, or text on a background. */
const FEW_WORDS = 3;

/** Pictures of a page whose text, if there is any, its text layer lacks. */
export function unreadAreas(pictures: readonly Box[], words: readonly Word[]): Box[] {
  return pictures.filter((area) => {
    const [x0, y0, x1, y1] = area;
    const isLarge = x1 - x0 >= MIN_WIDTH && y1 - y0 >= MIN_HEIGHT && (x1 - x0) * (y1 - y0) >= MIN_AREA;
    return isLarge && words.filter((word) => standsOn(word.box, area)).length < FEW_WORDS;
  });
}

function standsOn([x0, y0, x1, y1]: Box, [left, top, right, bottom]: Box): boolean {
  const x = (x0 + x1) / 2;
  const y = (y0 + y1) / 2;
  return x >= left && x <= right && y >= top && y <= bottom;
}
