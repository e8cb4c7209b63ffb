import { isJsonObject, type Json } from '#base';
import type { Box, Document, Page, Table, TableCell, Word } from '#documents';

/** What came in as `document`: pages with words, or a bare text that knows no places. */
export type GivenDocument = { document: Document; hasPlaces: boolean };

const CHAR = 6; // a typewriter's page: blanks and line breaks of a text become gaps and rows, so that the rules for layout apply
const LINE = 12;
const MAX_TEXT = 2_000_000;

/**
 * Reads what doc_to_text put out (the whole output or its pages), or a text. Words of another shape are dropped, never trusted.
 * Undefined where it is none of these.
 */
export function givenDocument(given: Json): GivenDocument | undefined {
  if (typeof given === 'string') return given.length > MAX_TEXT ? undefined : { document: documentOfText(given), hasPlaces: false };
  if (Array.isArray(given)) return fromPages(given, null);
  if (!isJsonObject(given)) return undefined;
  const language = typeof given['language'] === 'string' ? given['language'] : null;
  if (Array.isArray(given['pages'])) {
    const read = fromPages(given['pages'], language);
    if (read !== undefined) return read;
  }
  return typeof given['text'] === 'string' ? givenDocument(given['text']) : undefined;
}

function fromPages(given: Json[], language: string | null): GivenDocument | undefined {
  const pages = given.filter(isJsonObject).map((page, index): Page => {
    const words = Array.isArray(page['words']) ? page['words'].flatMap(toWord) : [];
    const tables = Array.isArray(page['tables']) ? page['tables'].flatMap(toTable) : [];
    return {
      number: index + 1,
      width: positive(page['width'], 612),
      height: positive(page['height'], 792),
      text: typeof page['text'] === 'string' ? page['text'] : words.map((word) => word.text).join(' '),
      quality: share(page['quality'], 1),
      source: words.some((word) => word.confidence < 1) ? 'ocr' : 'text_layer',
      words,
      ...(tables.length === 0 ? {} : { tables }),
    };
  });
  if (!pages.some((page) => page.words.length > 0)) return undefined;
  return { document: { text: pages.map((page) => page.text).join('\n\n'), language, pages }, hasPlaces: true };
}

const positive = (value: unknown, otherwise: number): number =>
  typeof value === 'number' && value > 0 && Number.isFinite(value) ? value : otherwise;
const share = (value: unknown, otherwise: number): number => (typeof value === 'number' && value >= 0 && value <= 1 ? value : otherwise);

/** A text with its box, as words and cells have it; undefined for anything else. */
function toPlaced(given: Json): TableCell | undefined {
  if (!isJsonObject(given) || typeof given['text'] !== 'string') return undefined;
  const box = given['box'];
  if (!Array.isArray(box) || box.length !== 4 || !box.every((side) => typeof side === 'number' && side >= 0 && side <= 1)) return undefined;
  return { text: given['text'], box: box as Box };
}

function toWord(given: Json): Word[] {
  const placed = toPlaced(given);
  return placed === undefined ? [] : [{ ...placed, confidence: share(isJsonObject(given) ? given['confidence'] : 1, 1) }];
}

const NO_CELL: TableCell = { text: '', box: [0, 0, 0, 0] };

function toTable(given: Json): Table[] {
  if (!isJsonObject(given) || !Array.isArray(given['rows'])) return [];
  const rows = given['rows'].filter((row) => Array.isArray(row)).map((row) => row.map((cell) => toPlaced(cell) ?? NO_CELL));
  return [{ rows, continues: given['continues'] === true }];
}

function documentOfText(text: string): Document {
  const lines = text.replaceAll('\u0000', '').replaceAll('\t', '    ').split(/\r?\n/);
  const width = Math.max(1, ...lines.map((line) => line.length)) * CHAR;
  const height = lines.length * LINE;
  const words = lines.flatMap((line, row) =>
    [...line.matchAll(/\S+/g)].map((match): Word => {
      const box: Box = [
        (match.index * CHAR) / width,
        (row * LINE) / height,
        ((match.index + match[0].length) * CHAR) / width,
        (row * LINE + 10) / height,
      ];
      return { text: match[0], box, confidence: 1 };
    }),
  );
  return { text, language: null, pages: [{ number: 1, width, height, text, quality: 1, source: 'text_layer', words }] };
}
