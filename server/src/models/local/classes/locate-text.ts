import type { Box, Document } from '#documents';
import { tokensOf } from '../tokens.ts';

const MAX_WORDS = 40_000; // read for places; a longer document has them early or not at all

/** Where the words of a text stand first on the pages, one after another, compared without case, accents and punctuation. */
export function locateText(text: string, document: Document): { text: string; page: number; box: Box } | undefined {
  const wanted = tokensOf(text.slice(0, 500)).map((token) => token.text);
  if (wanted.length === 0) return undefined;
  let read = 0;
  for (const page of document.pages) {
    const tokens = page.words
      .slice(0, MAX_WORDS - read)
      .flatMap((word) => tokensOf(word.text).map((token) => ({ text: token.text, word })));
    read += page.words.length;
    const at = tokens.findIndex((_, i) => wanted.every((token, k) => tokens[i + k]?.text === token));
    const found = at < 0 ? [] : tokens.slice(at, at + wanted.length).map(({ word }) => word);
    if (found.length > 0)
      return { text: [...new Set(found)].map((word) => word.text).join(' '), page: page.number, box: around(found.map(({ box }) => box)) };
    if (read >= MAX_WORDS) break;
  }
  return undefined;
}

const around = (boxes: Box[]): Box => [
  Math.min(...boxes.map((box) => box[0])),
  Math.min(...boxes.map((box) => box[1])),
  Math.max(...boxes.map((box) => box[2])),
  Math.max(...boxes.map((box) => box[3])),
];
