import type { OcrImage } from './ocr-engine.ts';

/** The widest turn that is looked for: a sheet on a scanner's glass; what is turned more is a photo, or on its side. */
const MAX_DEGREES = 6;
const COARSE_STEP = 0.5;
const FINE_STEP = 0.05;
/** Width to which the page is brought: lines of text are then a few pixels high, and 100,000 dark points are counted in a millisecond. */
const WORK_WIDTH = 800;

/**
 * By how many degrees the lines of a page rise to the left, or fall to the right (a clockwise turn is positive). Where the dark points are
 * summed along the lines of text, rows of text and the gaps between them differ most: that is the turn (projection profile).
 */
export function estimateSkew(image: Pick<OcrImage, 'grey' | 'width' | 'height'>): number {
  const points = darkPoints(image);
  if (points.x.length === 0) return 0;
  const coarse = bestAngle(points, -MAX_DEGREES, MAX_DEGREES, COARSE_STEP);
  const fine = bestAngle(points, coarse - COARSE_STEP, coarse + COARSE_STEP, FINE_STEP);
  return Math.abs(fine) < MAX_DEGREES ? fine : 0;
}

/** Lines of text give a profile with ridges; along them it is flat. A page with more ridges from side to side lies on its side. */
const SIDEWAYS_RATIO = 1.6;

/** Whether the lines of a page run from top to bottom. */
export function isSideways(image: Pick<OcrImage, 'grey' | 'width' | 'height'>): boolean {
  const points = darkPoints(image);
  const turned: Points = { x: points.y, y: points.x, height: points.width, width: points.height };
  return bestProfile(turned) > SIDEWAYS_RATIO * bestProfile(points);
}

interface Points {
  x: Float32Array;
  y: Float32Array;
  width: number;
  height: number;
}

/** Points darker than their surroundings by a margin: light that falls off over the page does not count. */
function darkPoints({ grey, width, height }: Pick<OcrImage, 'grey' | 'width' | 'height'>): Points {
  const step = Math.max(1, Math.floor(width / WORK_WIDTH));
  const columns = Math.floor(width / step);
  const rows = Math.floor(height / step);
  const x: number[] = [];
  const y: number[] = [];
  for (let row = 0; row < rows; row++) {
    const start = row * step * width;
    let local = grey[start] ?? 255;
    for (let column = 0; column < columns; column++) {
      const value = grey[start + column * step] ?? 255;
      if (value < local * 0.75) {
        x.push(column);
        y.push(row);
      } else local += (value - local) * 0.1;
    }
  }
  return { x: Float32Array.from(x), y: Float32Array.from(y), width: columns, height: rows };
}

/** The sharpest profile, times its length, so that those of the long and of the short side compare. */
const bestProfile = (points: Points): number =>
  points.height * profileSharpness(points, Math.tan((bestAngle(points, -MAX_DEGREES, MAX_DEGREES, COARSE_STEP) * Math.PI) / 180));

function bestAngle(points: Points, from: number, to: number, step: number): number {
  let best = 0;
  let bestSharpness = -1;
  for (let angle = from; angle <= to + 1e-9; angle += step) {
    const sharpness = profileSharpness(points, Math.tan((angle * Math.PI) / 180));
    if (sharpness > bestSharpness) {
      best = angle;
      bestSharpness = sharpness;
    }
  }
  return best;
}

/** Sum of squared differences between neighbouring rows of the profile. */
function profileSharpness({ x, y, width, height }: Points, slope: number): number {
  const margin = Math.ceil(Math.abs(slope) * width);
  const profile = new Int32Array(height + 2 * margin + 2);
  for (let i = 0; i < x.length; i++) {
    const row = Math.round((y[i] as number) - slope * (x[i] as number)) + margin;
    profile[row] = (profile[row] ?? 0) + 1;
  }
  let sharpness = 0;
  for (let row = 1; row < profile.length; row++) sharpness += ((profile[row] as number) - (profile[row - 1] as number)) ** 2;
  return sharpness;
}
