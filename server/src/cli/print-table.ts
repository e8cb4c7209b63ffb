import { styleText } from 'node:util';

/** A plain table: columns as wide as their widest cell, numbers to the right. */
export function printTable(header: string[], rows: (string | number)[][], out: NodeJS.WritableStream = process.stdout): void {
  const widths = header.map((title, i) => Math.max(title.length, ...rows.map((row) => String(row[i] ?? '').length)));
  const line = (cells: (string | number)[]) =>
    cells
      .map((cell, i) => (typeof cell === 'number' ? String(cell).padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  out.write(`${styleText('bold', line(header))}\n`);
  for (const row of rows) out.write(`${line(row)}\n`);
}
