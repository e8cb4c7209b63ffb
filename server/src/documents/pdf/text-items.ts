import type { Box, Word } from '../document.ts';
import { arrangeLines, cleanText, pageBox, textOfLines } from '../words.ts';
import { splitAtBlanks } from './character-widths.ts';

/** In type heights. A narrower gap is kerning or a change of font within a word; a blank is 0.22 or wider in all but condensed type. */
const WORD_GAP = 0.14;
/** In type heights. The same text again this near is bold by double printing, or a shadow. */
const DOUBLE_PRINT = 0.25;
/** Above and below the baseline in type heights, for fonts that do not say. */
const ASCENT = 0.8;
const DESCENT = -0.2;
/** Sine of the slope up to which a run counts as level: 2 degrees. */
const LEVEL = 0.035;

/** A run of text as pdf.js gives it: `transform` is from text to page space, origin bottom left; `width` is along its baseline. */
export interface TextRun {
  str: string;
  transform: number[];
  width: number;
  fontName: string;
}

export interface TextContent {
  items: readonly (TextRun | object)[];
  styles: Record<string, { ascent?: number; descent?: number }>;
}

/** The upright page: `transform` is from page space to points, origin top left. */
export interface Viewport {
  width: number;
  height: number;
  transform: number[];
}

export interface PageText {
  words: Word[];
  text: string;
  /** Share of the characters that mean something: a font without a map to Unicode gives private or replacement characters. */
  legibleShare: number;
}

interface Fragment {
  text: string;
  /** In points of the upright page. */
  box: Box;
  typeHeight: number;
  isLevel: boolean;
  /** Which run it comes from: two fragments of one run are apart by a blank, whatever the geometry says. */
  run: TextRun;
}

/** The words of a page with their boxes. Lines and blanks come from geometry: the order in the file is the producer's, not the reader's. */
export function readTextItems(content: TextContent, viewport: Viewport): PageText {
  const fragments = content.items.flatMap((item) =>
    'str' in item && item.str.trim() !== '' ? toFragments(item, content.styles[item.fontName] ?? {}, viewport) : [],
  );
  const level = arrangeLines(fragments.filter((fragment) => fragment.isLevel)).map(joinFragments);
  const turned = fragments.filter((fragment) => !fragment.isLevel).map((fragment) => [fragment]);
  const lines = [...level, ...turned].map((line) => line.map((fragment) => toWord(fragment, viewport)));
  const text = textOfLines(lines);
  return { words: lines.flat(), text, legibleShare: legibleShareOf(text) };
}

function toFragments(run: TextRun, style: { ascent?: number; descent?: number }, viewport: Viewport): Fragment[] {
  const [a, b, c, d, x, y] = multiply(viewport.transform, run.transform);
  const typeHeight = Math.hypot(c, d);
  const scale = Math.hypot(a, b);
  const pageScale = Math.hypot(viewport.transform[0] ?? 1, viewport.transform[1] ?? 0);
  const length = run.width * pageScale;
  if (!(typeHeight > 0 && scale > 0 && Number.isFinite(length + x + y))) return [];
  const along = [a / scale, b / scale] as const;
  const up = [c / typeHeight, d / typeHeight] as const;
  const top = (style.ascent || ASCENT) * typeHeight;
  const bottom = (style.descent || DESCENT) * typeHeight;
  return splitAtBlanks(run.str).flatMap((piece): Fragment[] => {
    const text = cleanText(piece.text);
    if (text === '') return [];
    const corners = [piece.start * length, piece.end * length].flatMap((distance) =>
      [top, bottom].map((rise) => [x + along[0] * distance + up[0] * rise, y + along[1] * distance + up[1] * rise] as const),
    );
    return [{ text, box: boundsOf(corners), typeHeight, isLevel: Math.abs(along[1]) < LEVEL && along[0] > 0, run }];
  });
}

function multiply(m: number[], n: number[]): [number, number, number, number, number, number] {
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = m;
  const [g = 1, h = 0, i = 0, j = 1, k = 0, l = 0] = n;
  return [a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * l + e, b * k + d * l + f];
}

function boundsOf(points: (readonly [number, number])[]): Box {
  const xs = points.map((point) => point[0]);
  const ys = points.map((point) => point[1]);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

/** Fragments of one line that touch are one word; one printed twice is dropped. */
function joinFragments(line: Fragment[]): Fragment[] {
  const joined: Fragment[] = [];
  for (const fragment of line) {
    const last = joined.at(-1);
    if (last !== undefined && isDoublePrint(last, fragment)) continue;
    if (last === undefined || !touches(last, fragment)) joined.push({ ...fragment });
    else joinInto(last, fragment);
  }
  return joined;
}

const isDoublePrint = (last: Fragment, next: Fragment): boolean =>
  last.text === next.text && Math.abs(next.box[0] - last.box[0]) < DOUBLE_PRINT * next.typeHeight;

function touches(last: Fragment, next: Fragment): boolean {
  return last.run !== next.run && next.box[0] - last.box[2] < WORD_GAP * Math.max(last.typeHeight, next.typeHeight);
}

function joinInto(last: Fragment, next: Fragment): void {
  last.text += next.text;
  last.box = [last.box[0], Math.min(last.box[1], next.box[1]), Math.max(last.box[2], next.box[2]), Math.max(last.box[3], next.box[3])];
  last.run = next.run;
}

const toWord = (fragment: Fragment, viewport: Viewport): Word => ({
  text: fragment.text,
  box: pageBox(...fragment.box, viewport),
  confidence: 1,
});

const ILLEGIBLE = /[\ufffd\p{Co}\p{Cn}]/gu;

function legibleShareOf(text: string): number {
  const characters = text.replace(/\s/g, '').length;
  return characters === 0 ? 1 : 1 - (text.match(ILLEGIBLE)?.length ?? 0) / characters;
}
