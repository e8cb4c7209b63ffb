import { PDFDocument, type PDFFont, type PDFPage, StandardFonts } from '@cantoo/pdf-lib';
import { docxOf, type SheetCell, wordParagraph, wordTable, xlsxOf } from '../../src/documents/testing/sample-office.ts';

/** Invoices with made-up lines, the same ones as PDF, Word, Excel and CSV. */
export interface SampleInvoice {
  number: string;
  language: 'en' | 'de' | 'fr' | 'es';
  /** The header of each column, in the order in which they stand. */
  columns: ColumnId[];
  rows: Row[];
  /** Whether a new page of the PDF begins with the header again. */
  repeatsHeader: boolean;
}

export type ColumnId = 'position' | 'code' | 'description' | 'quantity' | 'unit_price' | 'total';
export type Row = { description: string; code: string; quantity: number; unit_price: number; total: number };

const LABELS: Record<SampleInvoice['language'], Record<ColumnId | 'net' | 'invoice', string>> = {
  en: {
    position: 'Pos.',
    code: 'Item no.',
    description: 'Description',
    quantity: 'Quantity',
    unit_price: 'Unit price',
    total: 'Amount',
    net: 'Net total',
    invoice: 'Invoice number',
  },
  de: {
    position: 'Pos.',
    code: 'Artikelnr.',
    description: 'Bezeichnung',
    quantity: 'Menge',
    unit_price: 'Einzelpreis',
    total: 'Gesamtpreis',
    net: 'Nettobetrag',
    invoice: 'Rechnungsnummer',
  },
  fr: {
    position: 'Pos.',
    code: 'Réf.',
    description: 'Désignation',
    quantity: 'Quantité',
    unit_price: 'Prix unitaire',
    total: 'Montant HT',
    net: 'Total HT',
    invoice: 'Facture n°',
  },
  es: {
    position: 'Pos.',
    code: 'Ref.',
    description: 'Descripción',
    quantity: 'Cantidad',
    unit_price: 'Precio unitario',
    total: 'Importe',
    net: 'Base imponible',
    invoice: 'Número de factura',
  },
};
const ORDERS: ColumnId[][] = [
  ['description', 'quantity', 'unit_price', 'total'],
  ['position', 'description', 'quantity', 'unit_price', 'total'],
  ['quantity', 'code', 'description', 'unit_price', 'total'],
  ['position', 'code', 'description', 'quantity', 'unit_price', 'total'],
];
const NOUNS = [
  'Chair',
  'Desk',
  'Lamp',
  'Shelf',
  'Cable',
  'Monitor arm',
  'Paper',
  'Filter cartridge',
  'Installation',
  'Consulting, on site',
];
const DETAILS = ['grey', 'type B2', '5 m', 'oak, oiled', '80 g', 'left', 'with a second line of text that is long enough to be wrapped'];

/** The same numbers each time: a linear congruential generator (Numerical Recipes). */
function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

export function sampleInvoice(seed: number): SampleInvoice {
  const next = generator(seed * 7919 + 1);
  const language = (['en', 'de', 'fr', 'es'] as const)[seed % 4] as SampleInvoice['language'];
  const row = (): Row => {
    const quantity = 1 + next(24);
    const cents = 50 + next(90_000);
    const description = `${NOUNS[next(NOUNS.length)]} ${DETAILS[next(DETAILS.length)]}`;
    return { description, code: `A-${1000 + next(9000)}`, quantity, unit_price: cents / 100, total: (cents * quantity) / 100 };
  };
  return {
    number: `X-${1000 + seed}`,
    language,
    columns: ORDERS[next(ORDERS.length)] as ColumnId[],
    rows: Array.from({ length: 2 + next(40) }, row),
    repeatsHeader: next(2) === 0,
  };
}

const money = (value: number, language: SampleInvoice['language']): string =>
  new Intl.NumberFormat(language === 'en' ? 'en-GB' : 'de-DE', { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(value);

const label = (invoice: SampleInvoice, id: keyof (typeof LABELS)['en']): string => LABELS[invoice.language][id];
const header = (invoice: SampleInvoice): string[] => invoice.columns.map((column) => label(invoice, column));
const sumOf = (invoice: SampleInvoice): number => Math.round(invoice.rows.reduce((sum, row) => sum + row.total, 0) * 100) / 100;

function cellOf(invoice: SampleInvoice, column: ColumnId, row: Row, index: number): string {
  if (column === 'position') return String(index + 1);
  const value = row[column];
  return typeof value === 'string' ? value : column === 'quantity' ? String(value) : money(value, invoice.language);
}

const textRows = (invoice: SampleInvoice): string[][] => [
  header(invoice),
  ...invoice.rows.map((row, index) => invoice.columns.map((column) => cellOf(invoice, column, row, index))),
];
const sumRow = (invoice: SampleInvoice): string[] => [
  label(invoice, 'net'),
  ...invoice.columns.slice(2).map(() => ''),
  money(sumOf(invoice), invoice.language),
];

export const asDocx = (invoice: SampleInvoice): Buffer =>
  docxOf(wordParagraph(`${label(invoice, 'invoice')}: ${invoice.number}`) + wordTable([...textRows(invoice), sumRow(invoice)]));

export function asXlsx(invoice: SampleInvoice): Buffer {
  const cell = (column: ColumnId, row: Row, index: number): SheetCell => {
    if (column === 'position') return index + 1;
    const value = row[column];
    return column === 'unit_price' || column === 'total' ? { value: value as number, format: '#,##0.00' } : value;
  };
  const rows = invoice.rows.map((row, index) => invoice.columns.map((column) => cell(column, row, index)));
  return xlsxOf({ Invoice: [[label(invoice, 'invoice'), invoice.number], [], header(invoice), ...rows, [], sumRow(invoice)] });
}

export function asCsv(invoice: SampleInvoice): Buffer {
  const separator = invoice.language === 'en' ? ',' : ';';
  const quoted = (text: string): string => (text.includes(separator) ? `"${text}"` : text);
  return Buffer.from(
    textRows(invoice)
      .map((row) => row.map(quoted).join(separator))
      .join('\r\n'),
  );
}

const LINE = 16;
const TOP = 560;
const BOTTOM = 90;
const NUMBERS = new Set<ColumnId>(['quantity', 'unit_price', 'total']);
const WIDTHS: Record<ColumnId, number> = { position: 34, code: 70, description: 190, quantity: 60, unit_price: 90, total: 90 };

/** The lines with numbers at the right of their columns, descriptions wrapped, as many pages as it takes, the sum at the end. */
export async function asPdf(invoice: SampleInvoice): Promise<Buffer> {
  const pdf = await PDFDocument.create();
  const font = await pdf.embedFont(StandardFonts.Helvetica);
  let page = pdf.addPage([595, 842]);
  let y = TOP;
  const print = (cells: string[]): void => {
    const lines = cells.map((text, index) => wrap(text, WIDTHS[invoice.columns[index] as ColumnId] - 12, font));
    printCells(page, lines, y, invoice.columns, font);
    y -= LINE * Math.max(...lines.map((each) => each.length));
  };
  page.drawText('Example Trading Ltd', { x: 50, y: 780, size: 16, font });
  page.drawText(`${label(invoice, 'invoice')}: ${invoice.number}`, { x: 50, y: 640, size: 10, font });
  for (const [index, cells] of textRows(invoice).entries()) {
    if (y < BOTTOM) {
      page.drawText('Example Trading Ltd, 9 Quay Road, Hull', { x: 50, y: 40, size: 8, font });
      page = pdf.addPage([595, 842]);
      y = 770;
      if (invoice.repeatsHeader) print(header(invoice));
    }
    print(cells);
    if (index === 0) y -= 4;
  }
  y -= 10;
  page.drawText(label(invoice, 'net'), { x: 330, y, size: 10, font });
  const sum = money(sumOf(invoice), invoice.language);
  page.drawText(sum, { x: 500 - font.widthOfTextAtSize(sum, 10), y, size: 10, font });
  return Buffer.from(await pdf.save());
}

function printCells(page: PDFPage, cells: string[][], y: number, columns: ColumnId[], font: PDFFont): void {
  let x = 50;
  cells.forEach((lines, index) => {
    const column = columns[index] as ColumnId;
    lines.forEach((text, below) => {
      const left = NUMBERS.has(column) ? x + WIDTHS[column] - 12 - font.widthOfTextAtSize(text, 10) : x;
      page.drawText(text, { x: left, y: y - below * LINE, size: 10, font });
    });
    x += WIDTHS[column];
  });
}

function wrap(text: string, width: number, font: PDFFont): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && font.widthOfTextAtSize(longer, 10) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
