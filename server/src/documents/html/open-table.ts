import type { Block } from '../grid/block.ts';
import { createFlow, type Flow } from './flow.ts';

/** More columns than these are no table that anybody reads; their text is kept in the last one. */
const MAX_COLUMNS = 500;

interface Cell {
  column: number;
  blocks: Block[];
}

/** A table while its tags are read. */
export interface OpenTable {
  /** The flow in which the table stands. */
  around: Flow;
  openRow(): void;
  openCell(columns: number, rows: number): Flow;
  closeCell(): void;
  end(): Block[];
}

export function createTable(around: Flow): OpenTable {
  const rows: Cell[][] = [];
  /** For each column, the rows that a cell from above still covers. */
  const covered: number[] = [];
  let column = 0;
  let open: { cell: Cell; flow: Flow } | undefined;

  function openRow(): void {
    closeCell();
    rows.push([]);
    column = 0;
    for (let at = 0; at < covered.length; at++) covered[at] = Math.max(0, (covered[at] ?? 0) - 1);
  }

  function closeCell(): void {
    if (open === undefined) return;
    open.cell.blocks.push(...open.flow.end());
    open = undefined;
  }

  return {
    around,
    openRow,
    openCell(columns, spannedRows) {
      if (rows.length === 0) openRow();
      while ((covered[column] ?? 0) > 0 && column < MAX_COLUMNS) column++;
      const cell: Cell = { column: Math.min(column, MAX_COLUMNS - 1), blocks: [] };
      rows.at(-1)?.push(cell);
      for (let at = column; at < Math.min(column + columns, MAX_COLUMNS); at++) covered[at] = spannedRows;
      column += columns;
      open = { cell, flow: createFlow() };
      return open.flow;
    },
    closeCell,
    end() {
      closeCell();
      return isTable(rows) ? [{ kind: 'table', rows: rows.map(toRow) }] : rows.flatMap((row) => row.flatMap((cell) => cell.blocks));
    },
  };
}

/** Two columns at least, and no table within: anything else only arranges the page. */
const isTable = (rows: Cell[][]): boolean =>
  rows.some((row) => row.some((cell) => cell.column > 0)) &&
  !rows.some((row) => row.some((cell) => cell.blocks.some((block) => block.kind === 'table')));

function toRow(cells: Cell[]): string[] {
  const row: string[] = [];
  for (const { column, blocks } of cells) {
    const text = blocks.map((block) => (block.kind === 'line' ? block.text : '')).filter((line) => line !== '');
    row[column] = [...(row[column] === undefined ? [] : [row[column]]), ...text].join('\n');
  }
  return Array.from(row, (text) => text ?? '');
}
