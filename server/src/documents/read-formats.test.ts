import { PDFDocument, StandardFonts } from '@cantoo/pdf-lib';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLog } from '#base';
import { createDocumentReader } from './create-document-reader.ts';
import type { Document, DocumentReader } from './document.ts';
import { codeOf } from './testing/parser-processes.ts';
import { docxFiles, docxOf, toArchive, wordParagraph, wordPicture, wordTable, xlsxFiles, xlsxOf } from './testing/sample-office.ts';
import { pictureOf } from './testing/sample-pictures.ts';

const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const SLOW = { timeout: 60_000 };

let reader: DocumentReader;
beforeAll(() => {
  reader = createDocumentReader({ log: createLog({ level: 'silent' }), cores: 1 });
});
afterAll(() => reader.close());

const read = (bytes: Buffer | string, mimeType: string): Promise<Document> =>
  reader.read(Buffer.from(bytes as string), { mimeType, languages: ['en'] });
const textOf = async (bytes: Buffer | string, mimeType: string): Promise<string> => (await read(bytes, mimeType)).text;

/** Each word of a page is a word of its text, in the same order: what shows the one may mark the other. */
function expectSameWords(document: Document): void {
  for (const page of document.pages) expect(page.text.split(/\s+/).filter(Boolean)).toEqual(page.words.map((word) => word.text));
}

describe('Word', () => {
  const body = [
    wordParagraph('Delivery note', 'Heading1'),
    wordParagraph('To Bay Foods & Sons <Ltd>'),
    '<w:p/>',
    wordTable([
      ['Item', 'Quantity'],
      ['Chair, grey', '2'],
      ['Desk', '1'],
    ]),
    '<w:p><w:r><w:br w:type="page"/></w:r></w:p>',
    wordParagraph('Second page'),
  ].join('');

  test('headings, paragraphs, tables and page breaks', async () => {
    const document = await read(docxOf(body), DOCX);
    expect(document.pages.map((page) => page.text)).toEqual([
      'Delivery note\n\nTo Bay Foods & Sons <Ltd>\n\nItem\tQuantity\nChair, grey\t2\nDesk\t1',
      'Second page',
    ]);
    expect(document.pages[0]?.tables?.[0]?.rows.map((row) => row.map((cell) => cell.text))).toEqual([
      ['Item', 'Quantity'],
      ['Chair, grey', '2'],
      ['Desk', '1'],
    ]);
    expectSameWords(document);
  });

  test('a picture in it is a page that OCR reads; one too small is not', SLOW, async () => {
    const pictures = {
      'a.png': await pictureOf(['Receipt number 4711', 'Total due 99.00 GBP']),
      'dot.png': await sharp({ create: { width: 20, height: 20, channels: 3, background: 'red' } })
        .png()
        .toBuffer(),
    };
    const document = await read(docxOf(wordParagraph('See below') + wordPicture('a.png') + wordPicture('dot.png'), pictures), DOCX);
    expect(document.pages.map((page) => [page.number, page.source])).toEqual([
      [1, 'text_layer'],
      [2, 'ocr'],
    ]);
    expect(document.pages[1]?.text).toContain('Receipt number 4711');
    const onlyPicture = await read(docxOf(wordPicture('a.png'), pictures), DOCX);
    expect(onlyPicture.pages.map((page) => page.source)).toEqual(['ocr']);
  });

  test('what is packed is told by its parts, never by its name', async () => {
    const docx = docxOf(body);
    expect(await textOf(docx, 'application/octet-stream')).toContain('Delivery note');
    expect(await codeOf(read(docx, XLSX))).toBe('unreadable_document');
    expect(await codeOf(read(xlsxOf({ A: [['x']] }), DOCX))).toBe('unreadable_document');
    expect(await codeOf(read(toArchive({ 'a.txt': 'x' }), ''))).toBe('unsupported_type');
    expect(await codeOf(read(toArchive({ 'a.txt': 'x' }), DOCX))).toBe('unreadable_document');
    const { 'word/document.xml': text, ...others } = docxFiles(body);
    expect(await codeOf(read(toArchive({ ...others, 'word/document.xml': String(text).slice(0, -40) }), DOCX))).not.toBe(
      'not a DocumentError',
    );
  });
});

describe('Excel', () => {
  test('each sheet is a page that bears its name, its cells as they are shown', async () => {
    const document = await read(
      xlsxOf({
        Items: [
          ['Item', 'Qty', 'Price', 'Sold on', 'Share'],
          [
            'Chair',
            2,
            { value: 1234.5, format: '#,##0.00 "€"' },
            { value: 46_095, format: 'dd.mm.yyyy' },
            { value: 0.256, format: '0.0%' },
          ],
          ['Desk', 1, { value: -7, format: '#,##0.00;(#,##0.00)' }, { value: 46_095.75, format: 'yyyy-mm-dd hh:mm' }, 0.1 + 0.2],
          [],
          [null, null, { formula: 'SUM(C2:C3)', result: '1227.5' }, { formula: 'NOW()' }],
        ],
        'Notes & more': [['Only one cell']],
      }),
      XLSX,
    );
    expect(document.pages.map((page) => [page.title, page.text])).toEqual([
      [
        'Items',
        'Item\tQty\tPrice\tSold on\tShare\nChair\t2\t1,234.50 €\t14.03.2026\t25.6%\nDesk\t1\t(7.00)\t2026-03-14 18:00\t0.3\n\n\t\t1227.5',
      ],
      ['Notes & more', 'Only one cell'],
    ]);
    expectSameWords(document);
  });

  test('one cell in the far corner takes no more room than two', async () => {
    const xml =
      '<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row></sheetData></worksheet>';
    const { text } = await read(toArchive({ ...xlsxFiles({ A: [['x']] }), 'xl/worksheets/sheet1.xml': xml }), XLSX);
    expect(text.split(/\s+/)).toEqual(['1', '2']);
  });
});

describe('CSV', () => {
  test.each<[string, Buffer]>([
    ['semicolons and decimals with a comma', Buffer.from('Artikel;Menge;Preis\n"Stuhl; grau";2;1.234,50\nStraße;3;12,00\n')],
    ['tabs in UTF-16', Buffer.from('\ufeffArtikel\tMenge\tPreis\r\n"Stuhl; grau"\t2\t1.234,50\r\nStraße\t3\t12,00\r\n', 'utf16le')],
    ['UTF-16 without its mark', Buffer.from('Artikel\tMenge\tPreis\r\nStuhl; grau\t2\t1.234,50\r\nStraße\t3\t12,00\r\n', 'utf16le')],
    ['Latin-1', Buffer.from('Artikel|Menge|Preis\nStuhl; grau|2|1.234,50\nStra\xdfe|3|12,00\n', 'latin1')],
    ['commas and quotes', Buffer.from('Artikel,Menge,Preis\nStuhl; grau,2,"1.234,50"\nStraße,3,"12,00"')],
    ['a line that names the separator', Buffer.from('sep=_\r\nArtikel_Menge_Preis\r\nStuhl; grau_2_1.234,50\r\nStraße_3_12,00')],
  ])('%s', async (_name, bytes) => {
    const document = await read(bytes, 'text/csv');
    expect(document.text).toBe('Artikel\tMenge\tPreis\nStuhl; grau\t2\t1.234,50\nStraße\t3\t12,00');
    expect(document.pages[0]?.tables?.[0]?.rows[1]?.[0]?.text).toBe('Stuhl; grau');
    expectSameWords(document);
  });

  test('rows of any length, quotes in quotes, line breaks in cells', async () => {
    expect(await textOf('Report 7\n\na,b,c\n1,"say ""hi""\nthere",\n2\n', 'text/csv')).toBe('Report 7\n\na\tb\tc\n1\tsay "hi" there\n2');
  });
});

describe('HTML', () => {
  test('text and tables, in the encoding that the page names; nothing is fetched', async () => {
    const html =
      '<!DOCTYPE html><html><head><meta charset="iso-8859-1"><title>T</title></head><body><p>Stra\xdfe</p><img src="http://127.0.0.1:9/a.png"><table><tr><td>a<td>b</table></body></html>';
    expect(await textOf(Buffer.from(html, 'latin1'), 'text/html')).toBe('Straße\n\na\tb');
  });
});

describe('e-mail', () => {
  const part = (type: string, name: string, content: Buffer | string): string =>
    `--b\r\nContent-Type: ${type}; name="${name}"\r\nContent-Disposition: attachment; filename="${name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(content as string).toString('base64')}\r\n`;
  const mail = (...parts: string[]): string =>
    `From: =?utf-8?q?J=C3=BCrgen?= <j@example.com>\r\nTo: a@example.com, b@example.com\r\nSubject: Invoice 7\r\nDate: Tue, 24 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nPlease pay.\r\n\r\nThanks\r\n${parts.join('')}--b--\r\n`;

  test('headers, text, and attachments as further pages that bear their names', SLOW, async () => {
    const inner = mail(part('text/csv', 'rows.csv', 'a,b\n1,2\n'));
    const document = await read(
      mail(
        part('application/octet-stream', 'note.docx', docxOf(wordParagraph('From Word'))),
        part('image/png', 'scan.png', await pictureOf(['Receipt number 4711'])),
        part('application/zip', 'x.zip', toArchive({ a: 'b' })),
        part('message/rfc822', 'fwd.eml', inner),
      ),
      'message/rfc822',
    );
    expect(document.pages.map((page) => [page.number, page.title, page.source])).toEqual([
      [1, undefined, 'text_layer'],
      [2, 'note.docx', 'text_layer'],
      [3, 'scan.png', 'ocr'],
      [4, 'fwd.eml', 'text_layer'],
      [5, 'rows.csv', 'text_layer'],
    ]);
    expect(document.pages[0]?.text).toBe(
      'From: Jürgen <j@example.com>\nTo: a@example.com, b@example.com\nDate: 2026-11-24T10:00:00.000Z\nSubject: Invoice 7\nAttachments: note.docx, scan.png, x.zip, fwd.eml\n\nPlease pay.\n\nThanks',
    );
    expect(document.pages[2]?.text).toContain('4711');
    expect(document.pages[4]?.text).toBe('a\tb\n1\t2');
    expectSameWords(document);
  });

  test('HTML where there is no text; messages more than three deep are refused', async () => {
    expect(
      await textOf(
        'From: a@example.com\nSubject: s\nMIME-Version: 1.0\nContent-Type: text/html\n\n<p>Hello<script>x</script></p>',
        'message/rfc822',
      ),
    ).toBe('From: a@example.com\nSubject: s\n\nHello');
    let nested = mail();
    for (let depth = 0; depth < 3; depth++) nested = mail(part('message/rfc822', 'fwd.eml', nested));
    expect(await codeOf(read(nested, 'message/rfc822'))).toBe('document_too_large');
  });
});

test('each page of a TIFF is a page', SLOW, async () => {
  const pages = await Promise.all(['First page of the fax', 'Second page of the fax'].map((text) => pictureOf([text])));
  const tiff = await sharp(pages, { join: { animated: true } })
    .tiff()
    .toBuffer();
  const document = await read(tiff, 'image/tiff');
  expect(document.pages.map((page) => page.text)).toEqual(['First page of the fax', 'Second page of the fax']);
});

test('a WebP is read', SLOW, async () => {
  expect(
    await textOf(
      await sharp(await pictureOf(['Receipt number 4711']))
        .webp({ lossless: true })
        .toBuffer(),
      'image/webp',
    ),
  ).toContain('Receipt number 4711');
});

test('a page of a PDF with text and a picture of text: the words of both, each where it stands', SLOW, async () => {
  const pdf = await PDFDocument.create();
  const font = await pdf.embedFont(StandardFonts.Helvetica);
  const page = pdf.addPage([600, 800]);
  page.drawText('A letter with a text layer of its own that is long enough to do without OCR.', { x: 50, y: 740, size: 12, font });
  page.drawImage(await pdf.embedPng(await pictureOf(['Receipt number 4711', 'Total due 99.00 GBP'])), {
    x: 60,
    y: 100,
    width: 450,
    height: 150,
  });
  const document = await read(Buffer.from(await pdf.save()), 'application/pdf');
  const [only] = document.pages;
  expect(only?.source).toBe('mixed');
  expect(only?.text).toMatch(/^A letter .* OCR\.\n\nReceipt number 4711\nTotal due 99.00 GBP$/s);
  const box = only?.words.find((word) => word.text === '4711')?.box ?? [0, 0, 0, 0];
  expect(box[1]).toBeGreaterThan(0.68);
  expect(box[3]).toBeLessThan(0.88);
  expectSameWords(document);
});
