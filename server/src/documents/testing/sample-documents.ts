import { crc32, deflateSync } from 'node:zlib';
import { PDFDocument, StandardFonts } from '@cantoo/pdf-lib';

/** Documents for tests, ordinary and hostile; each is made, none is stored. */

/** A PDF with a page for each text; its lines are 20 points apart, from the top left. */
export async function pdfOf(pages: string[], options: { userPassword?: string } = {}): Promise<Buffer> {
  const pdf = await PDFDocument.create();
  const font = await pdf.embedFont(StandardFonts.Helvetica);
  for (const text of pages) {
    const page = pdf.addPage([600, 800]);
    for (const [row, line] of text.split('\n').entries()) page.drawText(line, { x: 60, y: 740 - row * 20, size: 12, font });
  }
  if (options.userPassword !== undefined) pdf.encrypt({ userPassword: options.userPassword, ownerPassword: 'owner' });
  return Buffer.from(await pdf.save());
}

/** A PDF from its objects as written, numbered from 1; the first is the catalogue. The cross-reference table is right, whatever they say. */
export function rawPdf(objects: (string | Buffer)[]): Buffer {
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n')];
  const offsets: number[] = [];
  let length = parts[0]?.length ?? 0;
  for (const [index, object] of objects.entries()) {
    const part = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), Buffer.from(object), Buffer.from('\nendobj\n')]);
    offsets.push(length);
    parts.push(part);
    length += part.length;
  }
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  parts.push(
    Buffer.from(`xref\n0 ${size}\n0000000000 65535 f \n${rows}trailer\n<</Size ${size}/Root 1 0 R>>\nstartxref\n${length}\n%%EOF\n`),
  );
  return Buffer.concat(parts);
}

const CATALOGUE = '<</Type/Catalog/Pages 2 0 R>>';
const FONT = '<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>';

export const stream = (content: Buffer, dictionary = ''): Buffer => {
  const packed = deflateSync(content);
  return Buffer.concat([
    Buffer.from(`<<${dictionary}/Filter/FlateDecode/Length ${packed.length}>>\nstream\n`),
    packed,
    Buffer.from('\nendstream'),
  ]);
};

const onePage = (page: string, ...others: (string | Buffer)[]): Buffer =>
  rawPdf([CATALOGUE, '<</Type/Pages/Kids[3 0 R]/Count 1>>', page, ...others]);

/** The node of pages is its own child. */
export const pageTreeLoop = (): Buffer => rawPdf([CATALOGUE, '<</Type/Pages/Kids[2 0 R]/Count 1>>']);

/** One page that says it is a million. */
export const lyingPageCount = (): Buffer =>
  rawPdf([
    CATALOGUE,
    '<</Type/Pages/Kids[3 0 R]/Count 1000000>>',
    `<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources${FONT}/Contents 4 0 R>>`,
    stream(Buffer.from('BT /F1 12 Tf 60 700 Td (This is the only page of a document that claims to have a million) Tj ET')),
  ]);

/** The same page, three thousand times. */
export const manyPages = (): Buffer =>
  rawPdf([CATALOGUE, `<</Type/Pages/Kids[${'3 0 R '.repeat(3000)}]/Count 3000>>`, '<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]>>']);

let packedDrawing: Buffer | undefined; // packing takes a second

/** A page of 130 MB of drawing, packed to 200 kB: pdf.js reads it for ten seconds. */
export function drawingBomb(): Buffer {
  packedDrawing ??= onePage(
    `<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources${FONT}/Contents 4 0 R>>`,
    stream(Buffer.from('BT /F1 9 Tf 1 0 0 1 50 50 Tm (x) Tj ET\n'.repeat(3_400_000))),
  );
  return packedDrawing;
}

/** A scanned page whose picture says it has ten thousand megapixels. */
export const hugePictureInPdf = (): Buffer =>
  onePage(
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</XObject<</I 4 0 R>>>>/Contents 5 0 R>>',
    stream(Buffer.alloc(1_000_000), '/Type/XObject/Subtype/Image/Width 100000/Height 100000/BitsPerComponent 8/ColorSpace/DeviceRGB'),
    stream(Buffer.from('600 0 0 800 0 0 cm /I Do')),
  );

/** A page of three hundred metres with a line across, without text. */
export const hugePage = (): Buffer =>
  onePage('<</Type/Page/Parent 2 0 R/MediaBox[0 0 900000 900000]/Contents 4 0 R>>', stream(Buffer.from('0 0 m 900000 900000 l S')));

/** Arrays within arrays, a hundred thousand deep, where the pages should be. */
export const deepNesting = (): Buffer => rawPdf([CATALOGUE, `<</Type/Pages/Count 1/Kids ${'['.repeat(100_000)}${']'.repeat(100_000)}>>`]);

/** A PNG that says its size, and hardly more. */
export function pngHeader(width: number, height: number): Buffer {
  const chunk = (type: string, content: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
    const frame = Buffer.alloc(8 + body.length);
    frame.writeUInt32BE(content.length, 0);
    body.copy(frame, 4);
    frame.writeUInt32BE(crc32(body), 4 + body.length);
    return frame;
  };
  const size = Buffer.alloc(13);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  size.set([8, 2, 0, 0, 0], 8); // 8 bits, RGB, not interlaced
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([signature, chunk('IHDR', size), chunk('IDAT', deflateSync(Buffer.alloc(1000))), chunk('IEND', Buffer.alloc(0))]);
}

/** An archive with one stored file. */
export const zipArchive = (): Buffer =>
  Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), Buffer.alloc(26), Buffer.from('%PDF-1.7 is the name of the file within')]);
