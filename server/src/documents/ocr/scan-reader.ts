import type { Page, Word } from '../document.ts';
import { DocumentError } from '../document-error.ts';
import type { DocumentSource } from '../parser/messages.ts';
import type { PagePicture } from '../parser/open-document.ts';
import { arrangeLines, cleanText, pageBox, textOfLines } from '../words.ts';
import type { OcrEngine, OcrWord } from './ocr-engine.ts';
import { classifyPage, isBlank, type Recipe } from './page-class.ts';
import { isSideways } from './skew.ts';
import { type PreparedPage, preparePage, type QuarterTurns } from './straighten.ts';
import { createTesseractEngine } from './tesseract-engine.ts';

/** Mean confidence from which on a reading is kept without a look at another; about half of the words are right at 0.6. */
const GOOD_ENOUGH = 0.6;
/** A page that is not blank and gives fewer words is a picture to the engine, or was taken for one. */
const FEW_WORDS = 8;
/** Unless all of them are this sure: a picture in a document has but a line or two. */
const PLAINLY_RIGHT = 0.85;
const SOME_WORDS = 3;
/** A word of punctuation alone that is less sure than this is dust. */
const DUST_CONFIDENCE = 0.6;
/** What a word must be sure of to speak for its reading, rather than against it: junk counts below it. */
const PLAUSIBLE = 0.4;
/** Characters from which on a word is wider than high, if it lies. */
const LONG_WORD = 4;
/** A reading crosswise is better than none, and worse than any in order. */
const CROSSWISE_WORTH = 0.1;
/** Milliseconds before the page's deadline at which no other reading is begun, so that the best one is still answered in time. */
const RESERVE_MS = 5_000;

interface Reading {
  words: OcrWord[];
  prepared: PreparedPage;
  confidence: number;
  /** Its words stand on end: the engine has read the lines of a page on its side, whose order is not to be had that way. */
  isCrosswise: boolean;
  /** By which readings are compared: characters weighed by how far their words are more than plausible. */
  worth: number;
}

export interface ScanReader {
  /** The words of a page by OCR. Throws `document_timeout`. */
  read(picture: PagePicture, number: number, source: DocumentSource): Promise<Page>;
  close(): Promise<void>;
}

/** Reads pictures of pages; keeps its engine for the next page in the same languages. */
export function createScanReader(): ScanReader {
  let engine: { languages: string; ocr: OcrEngine } | undefined;

  async function engineFor(languages: string[]): Promise<OcrEngine> {
    const key = languages.join('+');
    if (engine?.languages !== key) {
      await engine?.ocr.close();
      engine = { languages: key, ocr: createTesseractEngine(languages) };
    }
    return engine.ocr;
  }

  return {
    async read(picture, number, source) {
      if (isBlank(picture)) return toPage(picture, number, undefined);
      const ocr = await engineFor(source.languages);
      return toPage(picture, number, await readBest(ocr, picture, performance.now() + source.limits.ocrPageTimeoutMs - RESERVE_MS));
    },
    close: async () => engine?.ocr.close(),
  };
}

/** Reads with the recipe that suits the page; where that reads badly, with others and turned, and keeps the best. */
async function readBest(ocr: OcrEngine, picture: PagePicture, deadline: number): Promise<Reading> {
  const { recipes, scale } = classifyPage(picture);
  const [recipe = 'plain', ...others] = recipes;
  const attempt = async (next: Recipe, turns: QuarterTurns): Promise<Reading> =>
    readOnce(ocr, await preparePage(picture, next, scale, turns), next, deadline);
  let best = await attempt(recipe, 0);
  if (isGood(best) || picture.isPart === true) return best;
  for (const [next, turns] of furtherAttempts(recipe, others, best.isCrosswise, picture)) {
    const reading = await attempt(next, turns).catch(keepTimeout);
    if (reading !== undefined && reading.worth > best.worth) best = reading;
    if (isGood(best) || performance.now() > deadline) break;
  }
  return best;
}

function isGood({ words, confidence, isCrosswise }: Reading): boolean {
  if (isCrosswise || confidence < GOOD_ENOUGH) return false;
  return words.length >= FEW_WORDS || (words.length >= SOME_WORDS && confidence >= PLAINLY_RIGHT);
}

/** Another layout is likelier than a page on its head, and that than more noise; but lines from top to bottom mean a page on its side. */
function furtherAttempts(recipe: Recipe, others: Recipe[], isCrosswise: boolean, picture: PagePicture): [Recipe, QuarterTurns][] {
  const asItIs = others.map((other): [Recipe, QuarterTurns] => [other, 0]);
  const upright: [Recipe, QuarterTurns][] = [...asItIs.slice(0, 1), [recipe, 2], ...asItIs.slice(1)];
  // The engine reads lines that run downwards as they are; those that run upwards it cannot.
  if (isCrosswise) return [[recipe, 3], [recipe, 1], ...upright];
  return isSideways(picture) ? [[recipe, 1], [recipe, 3], ...upright] : upright;
}

/** A further attempt that runs out of time leaves the reading that there is. */
function keepTimeout(error: unknown): undefined {
  if (!(error instanceof DocumentError)) throw error;
}

async function readOnce(ocr: OcrEngine, prepared: PreparedPage, recipe: Recipe, deadline: number): Promise<Reading> {
  const timeoutMs = Math.max(1, deadline - performance.now());
  const read = await ocr.readPage(prepared.image, { timeoutMs, layout: recipe === 'slip' ? 'block' : 'page' });
  const words = read.map((word) => ({ ...word, text: cleanText(word.text).trim() })).filter((word) => word.text !== '' && !isDust(word));
  const characters = words.reduce((sum, word) => sum + word.text.length, 0);
  const sure = words.reduce((sum, word) => sum + word.text.length * word.confidence, 0);
  const isCrosswise = standsOnEnd(words);
  const worth = (sure - PLAUSIBLE * characters) * (isCrosswise ? CROSSWISE_WORTH : 1);
  return { words, prepared, confidence: characters === 0 ? 0 : sure / characters, isCrosswise, worth };
}

/** Whether most words long enough to tell are higher than wide. */
function standsOnEnd(words: OcrWord[]): boolean {
  const long = words.filter((word) => word.text.length >= LONG_WORD);
  const onEnd = long.filter(({ box: [x0, y0, x1, y1] }) => y1 - y0 > x1 - x0);
  return onEnd.length * 2 > long.length;
}

const isDust = (word: OcrWord): boolean => !/[\p{L}\p{N}]/u.test(word.text) && word.confidence < DUST_CONFIDENCE;

/** Lines are arranged on the straightened page, boxes answered on the page as it is. A blank page is read perfectly; one that gives no word is not. */
function toPage(picture: PagePicture, number: number, reading: Reading | undefined): Page {
  const lines =
    reading === undefined ? [] : arrangeLines(reading.words).map((line) => line.map((word) => toWord(word, reading.prepared, picture)));
  return {
    number,
    width: picture.pageWidth,
    height: picture.pageHeight,
    text: textOfLines(lines),
    quality: reading === undefined ? 1 : round(reading.confidence),
    source: 'ocr',
    words: lines.flat(),
  };
}

const toWord = (word: OcrWord, prepared: PreparedPage, picture: PagePicture): Word => ({
  text: word.text,
  box: pageBox(...prepared.toPage(word.box), picture),
  confidence: round(word.confidence),
});

const round = (value: number): number => Math.round(value * 1000) / 1000;
