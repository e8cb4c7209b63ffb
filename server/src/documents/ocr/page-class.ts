import type { PagePicture } from '../parser/open-document.ts';

/** What a page needs before it is recognized: measured on invoices and receipts at 100 to 300 dpi (bench of the folder's tests). */
export type Recipe = 'plain' | 'grain' | 'noise' | 'slip' | 'faint';

/** Standard deviation of the paper's grey, as it will be once scaled. A laser print from a PDF has 0 to 2, an office scan 4 to 10. */
const GRAIN = 2.5;
const NOISE = 20;
/** A page so much higher than wide is a till slip: small type, no columns. */
const SLIP_RATIO = 1.8;
/** Pixels of the shorter side at which the text of an A4 page is 25 to 30 high: 205 dpi. */
const TARGET_SIDE = 1_700;
const TARGET_SLIP_SIDE = 1_000;
/** Enlarging further adds no detail, and small pictures of a line or two would become posters. */
const MAX_SCALE = 2;
/** Side in pixels and number of the squares in which noise is measured. */
const SQUARE = 8;
const SQUARES = 2_000;
/** Pixels looked at for anything that is not paper. */
const BLANK_SAMPLES = 1_000_000;

export interface PageClass {
  /** The recipe that suits the page, then those worth a try when it reads badly. */
  recipes: Recipe[];
  scale: number;
}

/** Which recipes suit a page, by its shape and its noise. */
export function classifyPage(picture: Pick<PagePicture, 'grey' | 'width' | 'height'>): PageClass {
  const side = Math.min(picture.width, picture.height);
  const isSlip = picture.height > SLIP_RATIO * picture.width;
  const scale = Math.min(MAX_SCALE, (isSlip ? TARGET_SLIP_SIDE : TARGET_SIDE) / side);
  const noise = estimateNoise(picture) * Math.min(1, scale);
  if (noise > NOISE) return { recipes: ['noise', 'grain', 'slip'], scale };
  if (isSlip) return { recipes: ['slip', 'faint', 'plain', 'grain'], scale };
  return { recipes: noise > GRAIN ? ['grain', 'slip', 'faint', 'noise'] : ['plain', 'slip', 'faint', 'grain'], scale };
}

/**
 * Standard deviation of the paper's grey: measured in small squares spread over the page, of which a third at least lie between the letters,
 * where only noise is. Seen over a square, the slow noise that JPEG leaves counts too.
 */
export function estimateNoise(picture: Pick<PagePicture, 'grey' | 'width' | 'height'>): number {
  const step = Math.max(SQUARE, Math.floor(Math.sqrt((picture.width * picture.height) / SQUARES)));
  const deviations: number[] = [];
  for (let y = 0; y + SQUARE <= picture.height; y += step) {
    for (let x = 0; x + SQUARE <= picture.width; x += step) deviations.push(deviationOfSquare(picture, x, y));
  }
  deviations.sort((a, b) => a - b);
  return deviations[Math.floor(deviations.length / 3)] ?? 0;
}

function deviationOfSquare({ grey, width }: Pick<PagePicture, 'grey' | 'width'>, left: number, top: number): number {
  let sum = 0;
  let squares = 0;
  for (let y = top; y < top + SQUARE; y++) {
    for (let x = left; x < left + SQUARE; x++) {
      const value = grey[y * width + x] ?? 0;
      sum += value;
      squares += value * value;
    }
  }
  const count = SQUARE * SQUARE;
  return Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
}

/** Whether nothing is on a page: no pixel differs much from the paper. */
export function isBlank({ grey, width, height }: Pick<PagePicture, 'grey' | 'width' | 'height'>): boolean {
  const noise = estimateNoise({ grey, width, height });
  const step = Math.max(1, Math.floor((width * height) / BLANK_SAMPLES));
  let brightest = 0;
  let darkest = 255;
  for (let i = 0; i < grey.length; i += step) {
    const value = grey[i] ?? 0;
    if (value > brightest) brightest = value;
    if (value < darkest) darkest = value;
  }
  return brightest - darkest < 24 + 8 * noise;
}
