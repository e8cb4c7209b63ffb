import type { Document, Word } from '#documents';

const CHAR = 6; // points a letter is wide
const HEIGHT = 10;
const LINE = 13;
const WIDTH = 612;

/**
 * A document of one page whose words stand where the text shows them, in a type of one width: one blank is a blank, two and more are a
 * gap between columns, an empty line is white space. `slope` turns the page as a scanner does; `confidence` is OCR's.
 */
export function pageOfText(
  text: string,
  options: { language?: string; source?: 'ocr' | 'text_layer'; confidence?: number; slope?: number; quality?: number } = {},
): Document {
  const lines = text.replace(/^\n/, '').split('\n');
  const height = Math.max(792, lines.length * LINE + 80);
  const words: Word[] = [];
  lines.forEach((line, row) => {
    for (const match of line.matchAll(/\S+/g)) {
      const x = 40 + match.index * CHAR;
      const y = 40 + row * LINE + (options.slope ?? 0) * x;
      words.push({
        text: match[0],
        box: [x / WIDTH, y / height, (x + match[0].length * CHAR) / WIDTH, (y + HEIGHT) / height],
        confidence: options.confidence ?? 1,
      });
    }
  });
  const page = { number: 1, width: WIDTH, height, text, quality: options.quality ?? 1, source: options.source ?? 'text_layer', words };
  return { text, language: options.language ?? 'en', pages: [page] };
}
