import type { OcrImage } from './ocr-engine.ts';

type Grey = Pick<OcrImage, 'grey' | 'width' | 'height'>;

interface Spot {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

/** Darker than the paper to its left by this part counts as ink, or dust. */
const INK = 0.78;
/** How fast the paper's tone follows the light along a row. */
const FOLLOW = 0.1;

/**
 * Takes dust off a page: dark spots of at most `spotSize` pixels each way with no larger ink within `clearance` pixels. The dot of an i, of an
 * umlaut or a full stop stands nearer to its letter than that, and stays.
 */
export function despeckle(page: Grey, spotSize: number, clearance: number): Uint8Array {
  const { width, height } = page;
  const ink = findInk(page);
  const spots = takeSpots(ink, width, height, spotSize); // what is left in `ink` is larger
  const sums = sumTable(ink, width, height);
  const cleaned = Uint8Array.from(page.grey);
  for (const spot of spots) {
    if (!hasInk(sums, width, height, grow(spot, clearance))) erase(cleaned, page, grow(spot, 1));
  }
  return cleaned;
}

function findInk({ grey, width, height }: Grey): Uint8Array {
  const ink = new Uint8Array(grey.length);
  for (let y = 0; y < height; y++) {
    let paper = grey[y * width] as number;
    for (let i = y * width; i < (y + 1) * width; i++) {
      const value = grey[i] as number;
      if (value < paper * INK) ink[i] = 1;
      else paper += (value - paper) * FOLLOW;
    }
  }
  return ink;
}

/** Finds the connected spots of at most `size` pixels each way, and takes them out of `ink`. */
function takeSpots(ink: Uint8Array, width: number, height: number, size: number): Spot[] {
  const spots: Spot[] = [];
  const seen = new Uint8Array(ink.length);
  const pixels: number[] = [];
  for (let start = 0; start < ink.length; start++) {
    if (ink[start] !== 1 || seen[start] === 1) continue;
    const spot = follow(ink, seen, start, width, height, pixels);
    if (spot.x1 - spot.x0 >= size || spot.y1 - spot.y0 >= size) continue;
    for (const pixel of pixels) ink[pixel] = 0;
    spots.push(spot);
  }
  return spots;
}

/** Bounds of the ink connected with `start`, diagonals included; its pixels in `pixels`. */
function follow(ink: Uint8Array, seen: Uint8Array, start: number, width: number, height: number, pixels: number[]): Spot {
  const spot: Spot = { x0: width, y0: height, x1: 0, y1: 0 };
  pixels.length = 0;
  pixels.push(start);
  seen[start] = 1;
  for (let next = 0; next < pixels.length; next++) {
    const pixel = pixels[next] as number;
    const x = pixel % width;
    const y = (pixel - x) / width;
    spot.x0 = Math.min(spot.x0, x);
    spot.x1 = Math.max(spot.x1, x);
    spot.y0 = Math.min(spot.y0, y);
    spot.y1 = Math.max(spot.y1, y);
    for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++) {
      for (let nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx++) {
        const neighbour = ny * width + nx;
        if (ink[neighbour] !== 1 || seen[neighbour] === 1) continue;
        seen[neighbour] = 1;
        pixels.push(neighbour);
      }
    }
  }
  return spot;
}

const grow = (spot: Spot, by: number): Spot => ({ x0: spot.x0 - by, y0: spot.y0 - by, x1: spot.x1 + by, y1: spot.y1 + by });

/** Sums over all rectangles from the corner, one row and column larger than the page. */
function sumTable(ink: Uint8Array, width: number, height: number): Uint32Array {
  const sums = new Uint32Array((width + 1) * (height + 1));
  for (let y = 0; y < height; y++) {
    let row = 0;
    for (let x = 0; x < width; x++) {
      row += ink[y * width + x] as number;
      sums[(y + 1) * (width + 1) + x + 1] = (sums[y * (width + 1) + x + 1] as number) + row;
    }
  }
  return sums;
}

function hasInk(sums: Uint32Array, width: number, height: number, { x0, y0, x1, y1 }: Spot): boolean {
  const at = (x: number, y: number): number =>
    sums[Math.min(height, Math.max(0, y)) * (width + 1) + Math.min(width, Math.max(0, x))] as number;
  return at(x1 + 1, y1 + 1) - at(x0, y1 + 1) - at(x1 + 1, y0) + at(x0, y0) > 0;
}

/** Fills a spot with the tone of the paper beside it. */
function erase(cleaned: Uint8Array, { grey, width, height }: Grey, { x0, y0, x1, y1 }: Spot): void {
  for (let y = Math.max(0, y0); y <= Math.min(height - 1, y1); y++) {
    const left = grey[y * width + Math.max(0, x0 - 1)] as number;
    const right = grey[y * width + Math.min(width - 1, x1 + 1)] as number;
    cleaned.fill(Math.max(left, right), y * width + Math.max(0, x0), y * width + Math.min(width, x1 + 1));
  }
}
