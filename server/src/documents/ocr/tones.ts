import type { OcrImage } from './ocr-engine.ts';

type Grey = Pick<OcrImage, 'grey' | 'width' | 'height'>;

/** Pixels of a histogram are taken at this distance: a prime, so that no pattern of the page falls in step with it. */
const STRIDE = 31;
/** Where white and black lie in the order of a page's tones. Ink may be a hundredth of a page, dust and a scanner's rim stay outside. */
const WHITE_SHARE = 0.98;
const BLACK_SHARE = 0.01;
/** The least difference of black and white that is stretched to the full range: on a page nearly empty, noise must not become ink. */
const MIN_RANGE = 96;
/** The same for faint print, where the range of the ink itself is known. */
const MIN_FAINT_RANGE = 32;
/** Part of each side left out of the look at faint print: a torn edge or the scanner's lid is black. */
const RIM = 0.1;

/** The tone that most of the page has. */
export function paperTone(page: Grey): number {
  const counts = histogram(page, 0);
  return counts.indexOf(Math.max(...counts));
}

/** Stretches the tones of a page so that its paper is white and its ink black. */
export function stretchTones(page: Grey): Uint8Array {
  const counts = histogram(page, 0);
  const white = toneAt(counts, WHITE_SHARE);
  return mapTones(page.grey, Math.min(toneAt(counts, BLACK_SHARE), white - MIN_RANGE), white);
}

/**
 * Makes the faint print of a worn ribbon or thermal paper black: the tone that a tenth of what is darker than paper has becomes black, and the
 * dark rim of the scan no darker than it, which would otherwise draw the line between ink and paper.
 */
export function deepenFaintPrint(page: Grey): Uint8Array {
  const counts = histogram(page, RIM);
  const paper = counts.indexOf(Math.max(...counts));
  const ink = counts.slice(0, Math.max(1, paper - MIN_FAINT_RANGE));
  return mapTones(page.grey, Math.min(toneAt(ink, 0.3), paper - MIN_FAINT_RANGE), paper - MIN_FAINT_RANGE / 4);
}

function histogram({ grey, width, height }: Grey, rim: number): Uint32Array {
  const counts = new Uint32Array(256);
  const [left, right] = [width * rim, width * (1 - rim)];
  for (let i = Math.floor(height * rim) * width; i < height * (1 - rim) * width; i += STRIDE) {
    const x = i % width;
    if (x < left || x >= right) continue;
    const tone = grey[i] ?? 0;
    counts[tone] = (counts[tone] ?? 0) + 1;
  }
  return counts;
}

/** The tone below which this share of the pixels lies. */
function toneAt(counts: Uint32Array, share: number): number {
  const target = counts.reduce((sum, count) => sum + count, 0) * share;
  let sum = 0;
  for (let tone = 0; tone < counts.length; tone++) {
    sum += counts[tone] ?? 0;
    if (sum > target) return tone;
  }
  return counts.length - 1;
}

function mapTones(grey: Uint8Array, black: number, white: number): Uint8Array {
  const table = Uint8Array.from({ length: 256 }, (_, tone) => Math.min(255, Math.max(0, ((tone - black) / (white - black)) * 255)));
  return grey.map((tone) => table[tone] as number);
}
