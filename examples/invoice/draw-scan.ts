import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createCanvas, GlobalFonts, type SKRSContext2D } from '@napi-rs/canvas';
import sharp from 'sharp';
import { type Invoice, totalsOf } from './invoices.ts';

/** A4 at 150 dots per inch: what an office scanner sends by mail. */
const WIDTH = 1240;
const HEIGHT = 1754;
/** Millimetres to pixels. */
const mm = (length: number): number => (length / 25.4) * 150;
/** The page lay a little askew on the glass. */
const TURN_DEGREES = 1.3;
const PAPER = 243;
const JPEG_QUALITY = 62;

const money = (hundredths: number): string => (hundredths / 100).toLocaleString('de-DE', { minimumFractionDigits: 2 });
const shortDate = (iso: string): string => iso.split('-').reverse().join('.');

/** The font comes with pdf.js, so that the picture is the same on every machine. */
function loadFonts(): void {
  const folder = join(dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json')), 'standard_fonts');
  GlobalFonts.registerFromPath(join(folder, 'LiberationSans-Regular.ttf'), 'Page');
  GlobalFonts.registerFromPath(join(folder, 'LiberationSans-Bold.ttf'), 'PageBold');
}

interface Style {
  bold?: boolean;
  /** Points. */
  size?: number;
  align?: 'left' | 'right';
}

/** Writes at a place in millimetres from the top left corner. */
function write(canvas: SKRSContext2D, text: string, x: number, y: number, style: Style = {}): void {
  canvas.font = `${((style.size ?? 10) / 72) * 150}px ${style.bold ? 'PageBold' : 'Page'}`;
  canvas.textAlign = style.align ?? 'left';
  canvas.fillText(text, mm(x), mm(y));
}

const rule = (canvas: SKRSContext2D, y: number, left = 22): void => canvas.fillRect(mm(left), mm(y), mm(188 - left), 1.6);

/** A printed page as an office scanner gives it: a grey JPEG, slightly turned, unevenly lit, with noise, dust and a punch hole. */
export async function drawScan(invoice: Invoice): Promise<Uint8Array> {
  loadFonts();
  const sheet = createCanvas(WIDTH, HEIGHT);
  const canvas = sheet.getContext('2d');
  canvas.fillStyle = `rgb(${PAPER}, ${PAPER}, ${PAPER})`;
  canvas.fillRect(0, 0, WIDTH, HEIGHT);
  canvas.translate(WIDTH / 2, HEIGHT / 2);
  canvas.rotate((TURN_DEGREES * Math.PI) / 180);
  canvas.translate(-WIDTH / 2, -HEIGHT / 2);
  canvas.fillStyle = 'rgb(38, 38, 42)';
  drawHead(canvas, invoice);
  drawSums(canvas, invoice, drawItems(canvas, invoice));
  drawFoot(canvas, invoice);
  const grey = await sharp(sheet.toBuffer('image/png')).greyscale().blur(0.6).raw().toBuffer();
  spoil(grey);
  return sharp(grey, { raw: { width: WIDTH, height: HEIGHT, channels: 1 } })
    .withMetadata({ density: 150 })
    .jpeg({ quality: JPEG_QUALITY })
    .toBuffer();
}

function drawHead(canvas: SKRSContext2D, invoice: Invoice): void {
  const { supplier } = invoice;
  write(canvas, supplier.name, 22, 24, { bold: true, size: 18 });
  write(canvas, supplier.tagline, 22, 30, { size: 9 });
  for (const [row, line] of [...supplier.address, ...supplier.contact].entries())
    write(canvas, line, 188, 20 + row * 4.6, { size: 9, align: 'right' });
  write(canvas, [supplier.name, ...supplier.address].join(' · '), 22, 52, { size: 7 });
  for (const [row, line] of invoice.customer.entries()) write(canvas, line, 22, 59 + row * 5);
  const labels: [string, string][] = [
    ['Rechnungsnummer:', invoice.number],
    ['Rechnungsdatum:', shortDate(invoice.date)],
    ['Kundennummer:', invoice.customerNumber],
    ['Ihre Bestellung:', invoice.order],
    ['Zahlbar bis:', shortDate(invoice.due)],
  ];
  for (const [row, [label, value]] of labels.entries()) {
    write(canvas, label, 124, 59 + row * 5.4);
    write(canvas, value, 188, 59 + row * 5.4, { align: 'right' });
  }
  write(canvas, 'Rechnung', 22, 98, { bold: true, size: 16 });
  write(canvas, 'Sehr geehrte Frau Dr. Sommerfeld, wir danken für Ihren Auftrag und berechnen Ihnen wie folgt:', 22, 107, { size: 9.5 });
}

function drawItems(canvas: SKRSContext2D, invoice: Invoice): number {
  const heads: [string, number, 'left' | 'right'][] = [
    ['Pos.', 22, 'left'],
    ['Artikel', 33, 'left'],
    ['Bezeichnung', 51, 'left'],
    ['Menge', 136, 'right'],
    ['Einzelpreis', 162, 'right'],
    ['Betrag', 188, 'right'],
  ];
  for (const [text, x, align] of heads) write(canvas, text, x, 117, { bold: true, size: 9.5, align });
  rule(canvas, 119.5);
  let y = 126;
  for (const [row, item] of invoice.items.entries()) {
    write(canvas, String(row + 1), 22, y);
    write(canvas, item.code, 33, y);
    write(canvas, item.text, 51, y);
    write(canvas, String(item.quantity), 136, y, { align: 'right' });
    write(canvas, money(item.unitPrice), 162, y, { align: 'right' });
    write(canvas, money(item.quantity * item.unitPrice), 188, y, { align: 'right' });
    y += 6.6;
  }
  rule(canvas, y - 3.2);
  return y;
}

function drawSums(canvas: SKRSContext2D, invoice: Invoice, top: number): void {
  const { net, tax, total } = totalsOf(invoice);
  const rows: [string, number][] = [
    ['Nettobetrag', net],
    [`zzgl. ${invoice.taxPercent} % MwSt.`, tax],
    ['Gesamtbetrag', total],
  ];
  for (const [row, [label, hundredths]] of rows.entries()) {
    const bold = row === 2;
    write(canvas, label, 116, top + 5 + row * 6.4, { bold, size: bold ? 11.5 : 10 });
    write(canvas, `${money(hundredths)} EUR`, 188, top + 5 + row * 6.4, { bold, size: bold ? 11.5 : 10, align: 'right' });
  }
  write(
    canvas,
    `Bitte überweisen Sie den Gesamtbetrag bis zum ${shortDate(invoice.due)} ohne Abzug auf das unten genannte Konto.`,
    22,
    top + 36,
    { size: 9.5 },
  );
  write(
    canvas,
    `Geben Sie dabei die Rechnungsnummer ${invoice.number} an. Die Ware bleibt bis zur Bezahlung unser Eigentum.`,
    22,
    top + 41.5,
    { size: 9.5 },
  );
  write(canvas, 'Mit freundlichen Grüßen', 22, top + 54, { size: 9.5 });
  write(canvas, invoice.supplier.name, 22, top + 60, { size: 9.5 });
}

function drawFoot(canvas: SKRSContext2D, invoice: Invoice): void {
  rule(canvas, 268);
  const columns = [
    [invoice.supplier.name, ...invoice.supplier.address],
    ['Geschäftsführer: Markus Lindner', 'Amtsgericht Köln, HRB 48213', `USt-IdNr. ${invoice.supplier.vat}`],
    [invoice.bank, `IBAN ${invoice.iban}`, `BIC ${invoice.bic}`],
  ];
  for (const [column, lines] of columns.entries()) {
    for (const [row, line] of lines.entries()) write(canvas, line, [22, 76, 130][column] as number, 273 + row * 4.2, { size: 8 });
  }
}

/** A seeded random number in 0..1 (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Light that falls off to one side, grain, dust and a punch hole, in place. */
function spoil(grey: Buffer): void {
  const random = randomNumbers(20260302);
  for (let i = 0; i < grey.length; i++) {
    const light = 1 - 0.09 * ((i % WIDTH) / WIDTH) - 0.05 * (Math.floor(i / WIDTH) / HEIGHT);
    const grain = (random() + random() + random() - 1.5) * 15;
    grey[i] = clamp((grey[i] as number) * light + grain);
  }
  for (let speck = 0; speck < 260; speck++) darken(grey, random() * WIDTH, random() * HEIGHT, 0.5 + random() * 1.2, 90 + random() * 80);
  for (const y of [HEIGHT / 2 - mm(40), HEIGHT / 2 + mm(40)]) darken(grey, mm(9), y, mm(2.8), 120);
}

const clamp = (value: number): number => Math.max(0, Math.min(255, Math.round(value)));

/** A dark spot of a radius in pixels. */
function darken(grey: Buffer, centerX: number, centerY: number, radius: number, by: number): void {
  for (let y = Math.ceil(centerY - radius); y <= centerY + radius; y++) {
    for (let x = Math.ceil(centerX - radius); x <= centerX + radius; x++) {
      if (x < 0 || y < 0 || x >= WIDTH || y >= HEIGHT || Math.hypot(x - centerX, y - centerY) > radius) continue;
      grey[y * WIDTH + x] = clamp((grey[y * WIDTH + x] as number) - by);
    }
  }
}
