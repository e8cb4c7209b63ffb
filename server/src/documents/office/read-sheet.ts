import { DocumentError } from '../document-error.ts';
import { walkXml } from './read-xml.ts';
import { type CellFormat, formatCell } from './sheet-formats.ts';

/** Empty rows kept between rows: more of them say nothing more. */
const MAX_EMPTY_ROWS = 6;
/** Characters of a cell: Excel's own limit (32,767). */
const MAX_CELL = 32_767;
const MAX_COLUMN = 16_384;

export interface SheetOptions {
  strings: readonly string[];
  /** By the cell's style number. */
  formats: readonly CellFormat[];
  is1904: boolean;
  maxCells: number;
}

interface Cell {
  row: number;
  column: number;
  type: string;
  style: number;
  text: string;
}

/** The rows of a sheet as it shows them, without empty columns, and how many cells hold something. Throws `document_memory`. */
export function readSheet(xml: Buffer, options: SheetOptions): { rows: string[][]; cellCount: number } {
  const rows = new Map<number, Map<number, string>>();
  let cellCount = 0;
  visitCells(xml, (cell) => {
    const text = textOf(cell, options);
    if (text.trim() === '') return;
    if (++cellCount > options.maxCells) throw tooManyCells(options.maxCells);
    const row = rows.get(cell.row) ?? new Map<number, string>();
    rows.set(cell.row, row.set(cell.column, text));
  });
  return { rows: toRows(rows), cellCount };
}

function visitCells(xml: Buffer, visit: (cell: Cell) => void): void {
  let row = 0;
  let cell: Cell | undefined;
  let isValue = false;
  walkXml(xml, {
    open(tag, attributes) {
      if (tag === 'row') row = Number(attributes['r']) || row + 1;
      else if (tag === 'c') cell = newCell(attributes, row, cell);
      isValue = tag === 'v' || tag === 't';
    },
    text(part) {
      if (isValue && cell !== undefined && cell.text.length < MAX_CELL) cell.text += part;
    },
    close(tag) {
      isValue = false;
      if (tag === 'c' && cell !== undefined && cell.text !== '') visit(cell);
    },
  });
}

/** A cell without an address stands beside the one before it (ECMA-376 part 1, 18.3.1.4). */
function newCell(attributes: Record<string, string>, row: number, before: Cell | undefined): Cell {
  const [, letters = '', digits = ''] = /^([A-Z]{1,3})(\d{1,7})$/.exec(attributes['r'] ?? '') ?? [];
  const beside = before?.row === row ? before.column + 1 : 1;
  const column = [...letters].reduce((number, letter) => number * 26 + letter.charCodeAt(0) - 64, 0);
  return {
    row: Number(digits) || row,
    column: Math.min(column || beside, MAX_COLUMN),
    type: attributes['t'] ?? 'n',
    style: Number(attributes['s'] ?? 0),
    text: '',
  };
}

function textOf(cell: Cell, { strings, formats, is1904 }: SheetOptions): string {
  switch (cell.type) {
    case 's':
      return strings[Number(cell.text)] ?? '';
    case 'b':
      return cell.text === '1' ? 'TRUE' : 'FALSE';
    case 'n': {
      const value = Number(cell.text);
      return Number.isFinite(value) ? formatCell(value, formats[cell.style], is1904) : cell.text;
    }
    default:
      return cell.text;
  }
}

function toRows(rows: Map<number, Map<number, string>>): string[][] {
  const columns = [...new Set([...rows.values()].flatMap((row) => [...row.keys()]))].sort((a, b) => a - b);
  const placeOf = new Map(columns.map((column, place) => [column, place]));
  const set: string[][] = [];
  let last = 0;
  for (const [number, cells] of [...rows].sort(([a], [b]) => a - b)) {
    if (last > 0) for (let empty = Math.min(number - last - 1, MAX_EMPTY_ROWS); empty > 0; empty--) set.push([]);
    const row: string[] = [];
    for (const [column, text] of cells) row[placeOf.get(column) ?? 0] = text;
    set.push(Array.from(row, (text) => text ?? ''));
    last = number;
  }
  return set;
}

const tooManyCells = (limit: number) =>
  new DocumentError('document_memory', `The workbook holds more than ${limit} cells, which is more than a flow can carry; split it.`);
