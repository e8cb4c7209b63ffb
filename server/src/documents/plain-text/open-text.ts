import type { Page, Word } from '../document.ts';
import { DocumentError } from '../document-error.ts';
import type { OpenDocument } from '../parser/open-document.ts';
import { cleanText, pageBox } from '../words.ts';
import { decodeText } from './decode-text.ts';
import { refuseLongLines } from './refuse-long-lines.ts';

/** Columns of a tab stop, as terminals and editors have it. */
const TAB = 8;

/** Lines of a page, where no form feed ends it sooner: a page of more words would hold up whoever receives it. */
const PAGE_LINES = 1_000;

/**
 * Opens plain text or Markdown, most often one page: its width is the longest line in characters, its height the number of lines, and a word's
 * box is where it stands in that grid.
 */
export async function openText(bytes: Uint8Array): Promise<OpenDocument> {
  return {
    parse: async (emit) => {
      refuseLongLines(bytes);
      let number = 0;
      for (const lines of splitPages(decodeText(bytes))) emit(toPage(lines, ++number));
      return [];
    },
    picture: async () => {
      throw new DocumentError('unreadable_document', 'Plain text has no pictures to read.');
    },
    close: () => {},
  };
}

/** Pages as they are read, so that the lines of one page are in memory, and a file of too many words ends soon. */
function* splitPages(raw: string): Generator<string[]> {
  const text = raw.replace(/[\r\n\f]+$/, '');
  for (const part of partsOf(text, '\f')) {
    let lines: string[] = [];
    for (const line of partsOf(part, '\n')) {
      lines.push(...cleanText(line.replace(/\r$/, '')).split('\r').map(expandTabs));
      if (lines.length < PAGE_LINES) continue;
      yield lines.slice(0, PAGE_LINES);
      lines = lines.slice(PAGE_LINES);
    }
    if (lines.length > 0) yield lines;
  }
}

function* partsOf(text: string, separator: string): Generator<string> {
  let start = 0;
  for (let end = text.indexOf(separator); end >= 0; end = text.indexOf(separator, start)) {
    yield text.slice(start, end);
    start = end + 1;
  }
  yield text.slice(start);
}

function toPage(lines: string[], number: number): Page {
  const size = { width: lines.reduce((longest, line) => Math.max(longest, line.length), 1), height: lines.length };
  const words = lines.flatMap((line, row) => wordsOfLine(line, row, size));
  return { number, ...size, text: lines.join('\n').trim(), quality: 1, source: 'text_layer', words };
}

function expandTabs(line: string): string {
  let expanded = '';
  for (const part of line.split(/(\t)/)) expanded += part === '\t' ? ' '.repeat(TAB - (expanded.length % TAB)) : part;
  return expanded;
}

function wordsOfLine(line: string, row: number, page: { width: number; height: number }): Word[] {
  return [...line.matchAll(/\S+/g)].map((match) => ({
    text: match[0],
    box: pageBox(match.index, row, match.index + match[0].length, row + 1, page),
    confidence: 1,
  }));
}
