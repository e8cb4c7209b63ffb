import { PDFDocument, type PDFFont, type PDFPage, rgb, StandardFonts } from '@cantoo/pdf-lib';
import { type Invoice, totalsOf } from './invoices.ts';

const A4: [number, number] = [595.28, 841.89];
const MARGIN = 56;
const RIGHT = A4[0] - MARGIN;
const ROW = 19;
const INK = rgb(0.12, 0.14, 0.18);
const FAINT = rgb(0.42, 0.45, 0.5);
const ACCENT = rgb(0.08, 0.33, 0.36);
/** Left edge of the first two columns, right edge of the numbers. */
const COLUMNS = { code: MARGIN, text: MARGIN + 46, quantity: 372, price: 452, amount: RIGHT };

const money = (hundredths: number): string => (hundredths / 100).toLocaleString('en-GB', { minimumFractionDigits: 2 });
const longDate = (iso: string): string =>
  new Date(`${iso}T12:00:00Z`).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });

interface Sheet {
  page: PDFPage;
  regular: PDFFont;
  bold: PDFFont;
}

interface Style {
  bold?: boolean;
  size?: number;
  color?: ReturnType<typeof rgb>;
  align?: 'left' | 'right';
}

function write(sheet: Sheet, text: string, x: number, y: number, style: Style = {}): void {
  const font = style.bold ? sheet.bold : sheet.regular;
  const size = style.size ?? 9.5;
  const left = style.align === 'right' ? x - font.widthOfTextAtSize(text, size) : x;
  sheet.page.drawText(text, { x: left, y, size, font, color: style.color ?? INK });
}

const rule = (sheet: Sheet, y: number, thickness = 0.6, left = MARGIN): void =>
  sheet.page.drawLine({ start: { x: left, y }, end: { x: RIGHT, y }, thickness, color: FAINT });

/** An invoice of two pages with a text layer: its table runs over the page break, its sums stand on the second page. */
export async function drawPdf(invoice: Invoice): Promise<Uint8Array> {
  const pdf = await PDFDocument.create();
  const madeAt = new Date(`${invoice.date}T09:00:00Z`);
  pdf.setTitle(`Invoice ${invoice.number}`);
  pdf.setAuthor(invoice.supplier.name);
  pdf.setCreationDate(madeAt);
  pdf.setModificationDate(madeAt);
  const fonts = { regular: await pdf.embedFont(StandardFonts.Helvetica), bold: await pdf.embedFont(StandardFonts.HelveticaBold) };
  const first: Sheet = { page: pdf.addPage(A4), ...fonts };
  const top = drawItems(first, invoice, drawHead(first, invoice), 0, 21);
  write(first, 'Continued on page 2', RIGHT, top - 22, { size: 8.5, color: FAINT, align: 'right' });
  drawFoot(first, invoice, 1);
  const second: Sheet = { page: pdf.addPage(A4), ...fonts };
  write(second, invoice.supplier.name, MARGIN, 780, { bold: true, size: 11, color: ACCENT });
  write(second, `Invoice ${invoice.number}, continued`, RIGHT, 780, { size: 9.5, color: FAINT, align: 'right' });
  drawSums(second, invoice, drawItems(second, invoice, 740, 21, invoice.items.length));
  drawFoot(second, invoice, 2);
  return pdf.save();
}

function drawHead(sheet: Sheet, invoice: Invoice): number {
  const { supplier } = invoice;
  write(sheet, supplier.name, MARGIN, 776, { bold: true, size: 19, color: ACCENT });
  write(sheet, supplier.tagline, MARGIN, 761, { size: 8.5, color: FAINT });
  for (const [row, line] of [...supplier.address, ...supplier.contact].entries()) {
    write(sheet, line, RIGHT, 782 - row * 11.5, { size: 8.5, color: FAINT, align: 'right' });
  }
  write(sheet, 'INVOICE', MARGIN, 702, { bold: true, size: 15 });
  write(sheet, 'Bill to', MARGIN, 676, { size: 8.5, color: FAINT });
  for (const [row, line] of invoice.customer.entries()) write(sheet, line, MARGIN, 662 - row * 13, { bold: row === 0 });
  const labels: [string, string][] = [
    ['Invoice number', invoice.number],
    ['Invoice date', longDate(invoice.date)],
    ['Due date', longDate(invoice.due)],
    ['Your order', invoice.order],
    ['Customer no.', invoice.customerNumber],
  ];
  for (const [row, [label, value]] of labels.entries()) {
    write(sheet, label, 352, 676 - row * 15, { color: FAINT });
    write(sheet, value, RIGHT, 676 - row * 15, { bold: row === 0, align: 'right' });
  }
  return 578;
}

function drawItems(sheet: Sheet, invoice: Invoice, top: number, from: number, to: number): number {
  const heads: [string, number, 'left' | 'right'][] = [
    ['Item', COLUMNS.code, 'left'],
    ['Description', COLUMNS.text, 'left'],
    ['Qty', COLUMNS.quantity, 'right'],
    ['Unit price', COLUMNS.price, 'right'],
    ['Amount', COLUMNS.amount, 'right'],
  ];
  for (const [text, x, align] of heads) write(sheet, text, x, top, { bold: true, size: 8.5, align });
  rule(sheet, top - 6, 1);
  let y = top - ROW - 1;
  for (const item of invoice.items.slice(from, to)) {
    write(sheet, item.code, COLUMNS.code, y, { color: FAINT });
    write(sheet, item.text, COLUMNS.text, y);
    write(sheet, String(item.quantity), COLUMNS.quantity, y, { align: 'right' });
    write(sheet, money(item.unitPrice), COLUMNS.price, y, { align: 'right' });
    write(sheet, money(item.quantity * item.unitPrice), COLUMNS.amount, y, { align: 'right' });
    y -= ROW;
  }
  rule(sheet, y + 12);
  return y;
}

function drawSums(sheet: Sheet, invoice: Invoice, top: number): void {
  const { net, tax, total } = totalsOf(invoice);
  const rows: [string, string, boolean][] = [
    ['Net total', money(net), false],
    [`VAT ${invoice.taxPercent} %`, money(tax), false],
    [`Total due (${invoice.currency})`, `£ ${money(total)}`, true],
  ];
  let y = top - 14;
  for (const [label, value, bold] of rows) {
    if (bold) rule(sheet, y + 13, 1, 352);
    write(sheet, label, 352, y, { bold, size: bold ? 11 : 9.5 });
    write(sheet, value, RIGHT, y, { bold, size: bold ? 11 : 9.5, align: 'right' });
    y -= bold ? 40 : 18;
  }
  const payment: [string, string][] = [
    ['Payment terms', '30 days net, without deduction'],
    ['Bank', invoice.bank],
    ['IBAN', invoice.iban],
    ['BIC', invoice.bic],
    ['Reference', invoice.number],
  ];
  write(sheet, 'How to pay', MARGIN, y, { bold: true });
  for (const [row, [label, value]] of payment.entries()) {
    write(sheet, label, MARGIN, y - 17 - row * 14, { color: FAINT });
    write(sheet, value, MARGIN + 92, y - 17 - row * 14);
  }
  write(sheet, 'Thank you for your order. Goods remain the property of the seller until paid in full.', MARGIN, y - 112, {
    size: 8.5,
    color: FAINT,
  });
}

function drawFoot(sheet: Sheet, invoice: Invoice, page: number): void {
  rule(sheet, 58);
  write(sheet, `${invoice.supplier.name} · VAT no. ${invoice.supplier.vat} · Registered in England 02148731`, MARGIN, 44, {
    size: 8,
    color: FAINT,
  });
  write(sheet, `Page ${page} of 2`, RIGHT, 44, { size: 8, color: FAINT, align: 'right' });
}
