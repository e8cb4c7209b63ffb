import { readFile } from 'node:fs/promises';
import { PDFDocument, StandardFonts } from '@cantoo/pdf-lib';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLog } from '#base';
import { type Box, createDocumentReader, type Document, type DocumentReader, type Page } from '#documents';
import { pdfOf } from '../../src/documents/testing/sample-documents.ts';

const example = (name: string): Promise<Buffer> => readFile(new URL(`../../../examples/invoice/${name}`, import.meta.url));
const TIMEOUT = { timeout: 60_000 };

let reader: DocumentReader;
beforeAll(() => {
  reader = createDocumentReader({ log: createLog({ level: 'silent' }), cores: 1 });
});
afterAll(() => reader.close());

const wordOf = (page: Page | undefined, text: string) => page?.words.find((word) => word.text === text);
const center = (box: Box): [number, number] => [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];

describe('a scanned page', () => {
  let document: Document;
  beforeAll(async () => {
    document = await reader.read(await example('scan-rechnung.jpg'), { mimeType: 'image/jpeg' });
  }, 60_000);

  test('is read though it is turned, grainy and dusty', () => {
    const { text, language, pages } = document;
    expect([pages.length, pages[0]?.source, language]).toEqual([1, 'ocr', 'de']);
    for (const words of [
      'Rechnungsnummer: RE-2026-0392',
      'Rechnungsdatum: 02.03.2026',
      'Gesamtbetrag 1.648,69 EUR',
      'IBAN DE89 3704 0044 0532 0130 00',
    ]) {
      expect(text).toContain(words);
    }
    expect(pages[0]?.quality).toBeGreaterThan(0.85);
    expect(text).toContain('6 31902 Bürodrehstuhl');
  });

  test('its boxes lie where the words are on the turned page', () => {
    // Drawn at 188 mm from the left and 59 mm from the top, right-aligned, then turned by 1.3 degrees about the middle of the sheet.
    const [x, y] = center(wordOf(document.pages[0], 'RE-2026-0392')?.box ?? [0, 0, 0, 0]);
    expect(Math.abs(x - 0.851)).toBeLessThan(0.01);
    expect(Math.abs(y - 0.2)).toBeLessThan(0.01);
  });

  test('each word has a confidence of its own', () => {
    const confidences = document.pages[0]?.words.map((word) => word.confidence) ?? [];
    expect(confidences.every((confidence) => confidence >= 0 && confidence <= 1)).toBe(true);
    expect(new Set(confidences).size).toBeGreaterThan(10);
  });
});

test('a PDF of a page with text and a page that is a picture is read page by page, each in its own way', TIMEOUT, async () => {
  const pdf = await PDFDocument.create();
  const font = await pdf.embedFont(StandardFonts.Helvetica);
  pdf
    .addPage([600, 800])
    .drawText('A covering letter with a text layer of its own, long enough to be one.', { x: 50, y: 700, size: 12, font });
  const scan = await pdf.embedJpg(await example('scan-rechnung.jpg'));
  const scanned = pdf.addPage([595, 842]);
  scanned.drawImage(scan, { x: 0, y: 0, width: 595, height: 842 });
  scanned.drawText('Scanned by the front desk', { x: 20, y: 10, size: 6, font });
  pdf.addPage([600, 800]); // blank
  const { pages } = await reader.read(Buffer.from(await pdf.save()), { mimeType: 'application/pdf', languages: ['de'] });
  expect(pages.map((page) => [page.number, page.source, page.width])).toEqual([
    [1, 'text_layer', 600],
    [2, 'ocr', 595],
    [3, 'text_layer', 600],
  ]);
  expect(pages[1]?.text).toContain('RE-2026-0392');
  expect(pages[2]).toMatchObject({ text: '', words: [], quality: 1 });
});

test('a page on its side is read, and its boxes lie on it as it is', TIMEOUT, async () => {
  const upright = sharp(await example('scan-rechnung.jpg'));
  const { pages } = await reader.read(await upright.rotate(90).png().toBuffer(), { mimeType: 'image/png', languages: ['de'] });
  const [page] = pages;
  expect([page?.width, page?.height]).toEqual([1754, 1240]);
  expect(page?.text).toContain('Gesamtbetrag');
  const [x, y] = center(wordOf(page, 'RE-2026-0392')?.box ?? [0, 0, 0, 0]);
  expect(Math.abs(x - 0.8)).toBeLessThan(0.01);
  expect(Math.abs(y - 0.851)).toBeLessThan(0.01);
});

test('a phone turns the camera, not the text: the page is as a viewer shows it', TIMEOUT, async () => {
  const picture = sharp(await example('scan-rechnung.jpg'))
    .rotate(-90)
    .withMetadata({ orientation: 6 });
  const { pages } = await reader.read(await picture.jpeg({ quality: 90 }).toBuffer(), { mimeType: 'image/jpeg', languages: ['de'] });
  expect([pages[0]?.width, pages[0]?.height]).toEqual([1240, 1754]);
  expect(pages[0]?.text).toContain('RE-2026-0392');
});

test('both pages of the example PDF, with the place of every word', async () => {
  const { pages, language, text } = await reader.read(await example('northwind-invoice.pdf'), { mimeType: 'application/pdf' });
  expect([pages.length, language]).toEqual([2, 'en']);
  expect(text).toContain('Invoice number NW-2026-004817');
  expect(text).toContain('4006 Rapeseed oil, cold pressed, 5 l 6 22.40 134.40');
  expect(text).toContain('Total due (GBP) £ 4,216.26');
  const [x0, y0, x1, y1] = wordOf(pages[0], 'NW-2026-004817')?.box ?? [0, 0, 0, 0];
  expect([x0 * 595.28, x1 * 595.28].map(Math.round)).toEqual([465, 540]);
  expect([y0 * 841.89, y1 * 841.89].map(Math.round)).toEqual([157, 168]);
  for (const page of pages) expect(page.text.split(/\s+/)).toEqual(page.words.map((word) => word.text));
});

test('the password opens an encrypted PDF, a wrong one does not', async () => {
  const bytes = await pdfOf(['The text behind the password, which is long enough for a page of its own.'], { userPassword: 'sesame' });
  expect((await reader.read(bytes, { password: 'sesame' })).text).toContain('behind the password');
  await expect(reader.read(bytes, { password: 'open' })).rejects.toMatchObject({
    code: 'encrypted_document',
    message: expect.stringContaining('does not open it'),
  });
});
