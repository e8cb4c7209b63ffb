import type { Page, Word } from '../document.ts';
import { DocumentError } from '../document-error.ts';
import type { OpenDocument } from '../parser/open-document.ts';
import { cleanText, pageBox } from '../words.ts';
import { decodeText } from './decode-text.ts';

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
      for (const [index, lines] of splitPages(decodeText(bytes)).entries()) emit(toPage(lines, index + 1));
      return [];
    },
    picture: async () => {
      throw new DocumentError('unreadable_document', 'Plain text has no pictures to read.');
    },
    close: () => {},
  };
}

function splitPages(raw: string): string[][] {
  const text = raw.replace(/\r\n?/g, '\n').replace(/[\n\f]+$/, '');
  return text.split('\f').flatMap((part) => {
    const lines = cleanText(part).split('\n').map(expandTabs);
    return Array.from({ length: Math.ceil(lines.length / PAGE_LINES) }, (_, page) =>
      lines.slice(page * PAGE_LINES, (page + 1) * PAGE_LINES),
    );
  });
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
