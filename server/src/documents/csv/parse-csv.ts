import { DocumentError } from '../document-error.ts';

/** By which of them the first lines have the most even columns; at a tie the first wins: commas also stand in decimals and names. */
const SEPARATORS = ['\t', ';', '|', ','] as const;
/** Characters and rows in which the separator is looked for. */
const SAMPLE_CHARACTERS = 64 * 1024;
const SAMPLE_ROWS = 50;
/** Of one cell and one row: three times what a spreadsheet can hold. */
const MAX_CELL = 100_000;
const MAX_COLUMNS = 16_384;

/**
 * The rows of a CSV file (RFC 4180, with any of four separators, and a first line `sep=;` as spreadsheets write it). Quotes count at the
 * beginning of a cell only. Throws `document_too_large`, and `document_memory` for more than `maxCells` cells that hold something.
 */
export function* parseCsv(text: string, maxCells: number): Generator<string[]> {
  const declared = /^\ufeff?sep=(.)\r?\n/i.exec(text);
  const body = declared === null ? text.replace(/^\ufeff/, '') : text.slice(declared[0].length);
  const separator = declared?.[1] ?? findSeparator(body.slice(0, SAMPLE_CHARACTERS));
  let cellCount = 0;
  for (const row of rowsOf(body, separator)) {
    cellCount += row.reduce((count, cell) => count + (cell === '' ? 0 : 1), 0);
    if (cellCount > maxCells) {
      throw new DocumentError(
        'document_memory',
        `The file holds more than ${maxCells} cells, which is more than a flow can carry; split it.`,
      );
    }
    yield row;
  }
}

export function findSeparator(sample: string): string {
  let best = { separator: ',', evenness: 0 };
  for (const separator of SEPARATORS) {
    const evenness = evennessOf(sample, separator);
    if (evenness > best.evenness + 1e-9) best = { separator, evenness };
  }
  return best.separator;
}

/** Share of the rows that have the commonest number of columns, if that is more than one. */
function evennessOf(sample: string, separator: string): number {
  const counts = new Map<number, number>();
  let rowCount = 0;
  for (const row of rowsOf(sample, separator)) {
    if (row.length === 1 && row[0] === '') continue;
    counts.set(row.length, (counts.get(row.length) ?? 0) + 1);
    if (++rowCount === SAMPLE_ROWS) break;
  }
  const [columns = 1, count = 0] = [...counts].filter(([size]) => size > 1).sort((a, b) => b[1] - a[1])[0] ?? [];
  return columns > 1 ? count / rowCount : 0;
}

function* rowsOf(text: string, separator: string): Generator<string[]> {
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    const cell = text[at] === '"' ? quotedCell(text, at, separator) : plainCell(text, at, separator);
    if (cell.text.length > MAX_CELL) throw tooLarge(`A cell has more than ${MAX_CELL} characters`);
    row.push(cell.text);
    if (row.length > MAX_COLUMNS) throw tooLarge(`A row has more than ${MAX_COLUMNS} columns`);
    at = cell.end;
    if (text[at] === separator) {
      at++;
      if (at < text.length) continue;
      row.push('');
    }
    yield row;
    row = [];
    if (text[at] === '\r') at++;
    if (text[at] === '\n') at++;
  }
}

function plainCell(text: string, from: number, separator: string): { text: string; end: number } {
  let end = from;
  while (end < text.length && text[end] !== separator && text[end] !== '\n' && text[end] !== '\r') end++;
  return { text: text.slice(from, end).trim(), end };
}

/** A quoted cell, its line breaks kept; what stands between its last quote and the separator belongs to it too. A quote that never ends is a letter. */
function quotedCell(text: string, from: number, separator: string): { text: string; end: number } {
  let close = from;
  do close = text.indexOf('"', close + (close === from ? 1 : 2));
  while (close >= 0 && text[close + 1] === '"');
  if (close < 0 || close - from > MAX_CELL * 2) return plainCell(text, from, separator);
  const rest = plainCell(text, close + 1, separator);
  return { text: text.slice(from + 1, close).replaceAll('""', '"') + rest.text, end: rest.end };
}

const tooLarge = (what: string) => new DocumentError('document_too_large', `${what}, which is more than is read; split the file.`);
