import sharp, { type Sharp } from 'sharp';
import type { Box } from '../document.ts';
import type { PagePicture } from '../parser/open-document.ts';
import { despeckle } from './despeckle.ts';
import type { OcrImage } from './ocr-engine.ts';

import type { Recipe } from './page-class.ts';
import { estimateSkew } from './skew.ts';
import { deepenFaintPrint, paperTone, stretchTones } from './tones.ts';

/** Quarter turns clockwise that bring a page upright. */
export type QuarterTurns = 0 | 1 | 2 | 3;

export interface PreparedPage {
  image: OcrImage;
  /** From a box on the prepared image to the box on the page as it was, in its pixels. */
  toPage(box: Box): Box;
}

interface Grey {
  grey: Uint8Array;
  width: number;
  height: number;
}

const MEDIAN = 3;
/** Of dust and of the clear space about it, as shares of a page's shorter side: 4 and 8 pixels at 150 dpi. */
const SPOT_SHARE = 4 / 1240;
const CLEARANCE_SHARE = 8 / 1240;
/** Pixels of the shorter side below which dust is as large as a full stop, and both stay. */
const DESPECKLE_SIDE = 1_000;

/** Makes a page ready for recognition: upright, its lines level, letters of a good size, noise softened by the recipe. */
export async function preparePage(picture: PagePicture, recipe: Recipe, scale: number, turns: QuarterTurns): Promise<PreparedPage> {
  const upright = turns === 0 ? picture : await toGrey(open(picture).rotate(turns * 90));
  const skew = estimateSkew(upright);
  const tone = paperTone(upright); // fills the corners that a turn uncovers, so that no edge appears
  const enlarge = (page: Grey) => (scale === 1 ? page : toGrey(open(page).resize(Math.round(page.width * scale))));
  const level = (page: Grey) => (skew === 0 ? page : toGrey(open(page).rotate(-skew, { background: { r: tone, g: tone, b: tone } })));
  const soften = (page: Grey) => toGrey(open(page).median(MEDIAN));
  const page = await applyRecipe(recipe, upright, { enlarge, level, soften });
  return { image: page, toPage: (box) => mapBack(box, { prepared: page, upright, scale, skew, turns }) };
}

type Step = (page: Grey) => Grey | Promise<Grey>;

/** Grain is softened after enlarging, which spares the dots of an umlaut; heavy noise before, or enlarging would smear it. */
async function applyRecipe(
  recipe: Recipe,
  page: Grey,
  { enlarge, level, soften }: Record<'enlarge' | 'level' | 'soften', Step>,
): Promise<Grey> {
  if (recipe === 'noise') return enlarge(await level(await soften(page)));
  const enlarged = await enlarge(recipe === 'slip' || recipe === 'faint' ? page : withoutDust(page));
  const levelled = await level(recipe === 'grain' ? await soften(enlarged) : enlarged);
  return { ...levelled, grey: recipe === 'faint' ? deepenFaintPrint(levelled) : stretchTones(levelled) };
}

function withoutDust(page: Grey): Grey {
  const side = Math.min(page.width, page.height);
  if (side < DESPECKLE_SIDE) return page;
  return { ...page, grey: despeckle(page, Math.round(side * SPOT_SHARE), Math.round(side * CLEARANCE_SHARE)) };
}

const open = ({ grey, width, height }: Grey): Sharp => sharp(grey, { raw: { width, height, channels: 1 } });

async function toGrey(image: Sharp): Promise<Grey> {
  const { data, info } = await image.toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
  return { grey: data, width: info.width, height: info.height };
}

interface Changes {
  prepared: Grey;
  upright: Grey;
  scale: number;
  /** Degrees clockwise by which the lines of the upright page fell. */
  skew: number;
  turns: QuarterTurns;
}

/** The bounds of the box's corners on the page as it was: scale and turn are undone about the middle, which both left in place. */
function mapBack([x0, y0, x1, y1]: Box, { prepared, upright, scale, skew, turns }: Changes): Box {
  const angle = (skew * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const corners = [x0, x1].flatMap((x) =>
    [y0, y1].map((y) => {
      const dx = (x - prepared.width / 2) / scale;
      const dy = (y - prepared.height / 2) / scale;
      return turnBack(dx * cos - dy * sin + upright.width / 2, dx * sin + dy * cos + upright.height / 2, upright, turns);
    }),
  );
  const xs = corners.map((corner) => corner[0]);
  const ys = corners.map((corner) => corner[1]);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

function turnBack(x: number, y: number, upright: Grey, turns: QuarterTurns): [number, number] {
  if (turns === 1) return [y, upright.width - x];
  if (turns === 2) return [upright.width - x, upright.height - y];
  if (turns === 3) return [upright.height - y, x];
  return [x, y];
}
