import { randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { docxFiles, docxOf, toArchive, wordParagraph, wordTable, xlsxFiles, xlsxOf } from '../../../src/documents/testing/sample-office.ts';
import { type Bomb, mutationsOf } from './bomb.ts';
import { millionEntries, rawZip, type ZipFile } from './raw-zip.ts';

const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const MB = 1024 * 1024;

const word = (): Record<string, string | Buffer> => docxFiles(wordParagraph('Some words of a document'));
const excel = (): Record<string, string | Buffer> =>
  xlsxFiles({
    Sheet: [
      ['Some', 'cells'],
      [1, 2],
    ],
  });
const toFiles = (files: Record<string, string | Buffer>): ZipFile[] =>
  Object.entries(files).map(([name, content]) => ({ name, content: Buffer.from(content as string) }));
/** A Word document with one of its parts replaced, or another one beside it. */
const wordWith = (name: string, content: string | Buffer): Buffer => rawZip(toFiles({ ...word(), [name]: content }));
const excelWith = (name: string, content: string | Buffer): Buffer => rawZip(toFiles({ ...excel(), [name]: content }));
const wordWithFile = (file: ZipFile): Buffer => rawZip([...toFiles(word()).filter(({ name }) => name !== file.name), file]);

/** Text that packs to about a hundredth: no bomb by its ratio. */
const dense = (bytes: number): Buffer => {
  const block = Buffer.concat([Buffer.alloc(1000, ' '), Buffer.from(randomBytes(6).toString('hex'))]);
  return Buffer.concat(Array.from({ length: Math.ceil(bytes / block.length) }, () => block)).subarray(0, bytes);
};

const LAUGHS = `<!DOCTYPE l [<!ENTITY a "ha">${Array.from({ length: 9 }, (_, i) => `<!ENTITY ${'bcdefghij'[i]} "${`&${'abcdefghij'[i]};`.repeat(10)}">`).join('')}]>`;
const withDoctype = (xml: string | Buffer | undefined, doctype: string): string => String(xml).replace('?>', `?>${doctype}`);
const inWord = (part: string, doctype: string): Buffer => wordWith(part, withDoctype(word()[part], doctype));
const inExcel = (part: string, doctype: string): Buffer => excelWith(part, withDoctype(excel()[part], doctype));

const DOCUMENT = 'word/document.xml';
const SHEET = 'xl/worksheets/sheet1.xml';
const STRINGS = 'xl/sharedStrings.xml';
const relation = (type: string, target: string): string =>
  `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a.png" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/${type}" Target="${target}" TargetMode="External"/></Relationships>`;

const docx = (name: string, make: () => Buffer, ...ends: string[]): Bomb => ({ name, make, mimeType: DOCX, ends });
const xlsx = (name: string, make: () => Buffer, ...ends: string[]): Bomb => ({ name, make, mimeType: XLSX, ends });

/** Archives, and documents that are archives. `canary` is an address that nobody may call. */
export const zipBombs = (canary: string): Bomb[] => [
  docx('text of 150 MB in 150 kB', () => wordWith(DOCUMENT, Buffer.alloc(150 * MB, ' ')), 'document_too_large'),
  docx('a picture of 150 MB in 150 kB', () => wordWith('word/media/a.png', Buffer.alloc(150 * MB)), 'document_too_large'),
  xlsx('shared texts of 100 MB in 100 kB', () => excelWith(STRINGS, Buffer.alloc(100 * MB, '<')), 'document_too_large'),
  xlsx('shared texts of 40 MB, moderately packed', () => excelWith(STRINGS, dense(40 * MB)), 'document_too_large'),
  docx('a part nobody reads of 100 MB', () => wordWith('customXml/item1.xml', Buffer.alloc(100 * MB)), 'document_too_large'),
  docx('forty parts of 6 MB', manyParts, 'document_too_large'),
  docx(
    'text that is said to be small and is 50 MB',
    () => wordWithFile({ name: DOCUMENT, content: Buffer.alloc(50 * MB, ' '), saysSize: 2000 }),
    'unreadable_document',
  ),
  docx(
    'text that is said to have 4 GB',
    () => wordWithFile({ name: DOCUMENT, content: Buffer.from('<a/>'), saysSize: 0xfffffff0 }),
    'document_too_large',
  ),
  docx(
    'text that is said to reach beyond the file',
    () => wordWithFile({ name: DOCUMENT, content: Buffer.from('<a/>'), saysPacked: 50_000_000 }),
    'unreadable_document',
  ),
  docx('a thousand parts that are one', overlapping, 'unreadable_document'),
  docx(
    'parts that begin within others',
    () => rawZip(toFiles(word()).map((file, index) => (index === 2 ? { ...file, saysOffset: 12 } : file))),
    'unreadable_document',
  ),
  docx('a part named twice', () => rawZip([...toFiles(word()), ...toFiles(word()).slice(-1)]), 'unreadable_document'),
  docx('a million files', millionEntries, 'document_too_large'),
  docx(
    'three thousand files',
    () => rawZip(Array.from({ length: 3000 }, (_, i) => ({ name: `word/${i}.xml`, content: Buffer.from('<a/>') }))),
    'document_too_large',
  ),
  docx('a directory that says one file and has many', () => rawZip(toFiles(word()), { entryCount: 1 }), 'unreadable_document'),
  docx('a directory that says more files than it has', () => rawZip(toFiles(word()), { entryCount: 60 }), 'unreadable_document'),
  docx('a name that leaves the archive', () => wordWith('../../etc/passwd', 'x'), 'unreadable_document'),
  docx('a name that is absolute', () => wordWith('/etc/passwd', 'x'), 'unreadable_document'),
  docx('an encrypted part', () => wordWithFile({ name: DOCUMENT, content: Buffer.from('<a/>'), flags: 1 }), 'encrypted_document'),
  docx(
    'a way of packing that nobody knows',
    () => wordWithFile({ name: DOCUMENT, content: Buffer.from('<a/>'), method: 99 }),
    'unreadable_document',
  ),
  docx(
    'packed text that is noise',
    () => wordWithFile({ name: DOCUMENT, content: Buffer.from('<a/>'), packed: randomBytes(2000) }),
    'unreadable_document',
  ),
  { name: 'archives within archives', make: () => nested(12), ends: ['unsupported_type'] },
  docx('archives within archives, named as Word', () => nested(12), 'unreadable_document'),
  docx(
    'a bomb beside the text, which nobody opens',
    () => wordWithFile({ name: 'word/embeddings/a.zip', content: rawZip([{ name: 'a', content: Buffer.alloc(20 * MB) }]), method: 0 }),
    'read',
  ),
  docx('entities that multiply', () => inWord(DOCUMENT, LAUGHS), 'unreadable_document'),
  docx('entities in the list of types', () => inWord('[Content_Types].xml', LAUGHS), 'unreadable_document'),
  docx('entities in the styles', () => inWord('word/styles.xml', LAUGHS), 'unreadable_document'),
  docx('an entity that is a file', () => inWord(DOCUMENT, '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'), 'unreadable_document'),
  docx('an entity that is an address', () => inWord(DOCUMENT, `<!DOCTYPE a SYSTEM "${canary}/a.dtd">`), 'unreadable_document'),
  docx('a declaration in small letters', () => inWord(DOCUMENT, '<!doctype a [<!entity x "y">]>'), 'unreadable_document'),
  docx(
    'entities in UTF-16',
    () => wordWith(DOCUMENT, Buffer.from(`\ufeff${withDoctype(word()[DOCUMENT], LAUGHS)}`, 'utf16le')),
    'unreadable_document',
  ),
  xlsx('entities in shared texts', () => inExcel(STRINGS, LAUGHS), 'unreadable_document'),
  xlsx('entities in a sheet', () => inExcel(SHEET, LAUGHS), 'unreadable_document'),
  xlsx(
    'an entity that is an address, in the workbook',
    () => inExcel('xl/workbook.xml', `<!DOCTYPE a [<!ENTITY % x SYSTEM "${canary}/b.dtd"> %x;]>`),
    'unreadable_document',
  ),
  docx('a picture from an address', () => wordWith('word/_rels/document.xml.rels', relation('image', `${canary}/a.png`)), 'read'),
  docx('a picture that is a file', () => wordWith('word/_rels/document.xml.rels', relation('image', 'file:///etc/passwd')), 'read'),
  docx(
    'a template from an address',
    () => wordWith('word/_rels/settings.xml.rels', relation('attachedTemplate', `${canary}/a.dotm`)),
    'read',
  ),
  docx(
    'elements a hundred thousand deep',
    () => wordWith(DOCUMENT, '<a>'.repeat(100_000) + '</a>'.repeat(100_000)),
    'unreadable_document',
    'document_too_large',
  ),
  xlsx('a sheet a hundred thousand deep', () => excelWith(SHEET, '<a>'.repeat(100_000)), 'unreadable_document', 'document_too_large'),
  docx(
    'a quarter of a million paragraphs',
    () => docxOf('<w:p><w:r><w:t>a</w:t></w:r></w:p>'.repeat(240_000)),
    'document_memory',
    'document_too_large',
    'document_timeout',
    'read',
  ),
  docx('text of 12 MB', () => docxOf(wordParagraph('word '.repeat(2_400_000))), 'document_too_large'),
  xlsx(
    'more than a million cells',
    () => excelWith(SHEET, `<worksheet><sheetData>${'<row><c><v>1</v></c><c><v>2</v></c></row>'.repeat(600_000)}</sheetData></worksheet>`),
    'document_memory',
    'document_too_large',
  ),
  xlsx('three thousand rows, each with a column of its own', diagonal, 'document_memory'),
  xlsx('shared texts that a million cells repeat', repeatedTexts, 'document_memory', 'document_too_large'),
  xlsx(
    'ten thousand sheets',
    () => excelWith('xl/workbook.xml', `<workbook><sheets>${'<sheet name="a" r:id="s1"/>'.repeat(10_000)}</sheets></workbook>`),
    'unreadable_document',
  ),
  xlsx(
    'addresses and styles that are no numbers',
    () =>
      excelWith(
        SHEET,
        '<worksheet><sheetData><row r="1e99"><c r="ZZZ9999999" s="-1" t="s"><v>1e99</v></c><c s="9e9"><v>1e308</v></c><c t="n"><v>NaN</v></c></row></sheetData></worksheet>',
      ),
    'read',
  ),
  docx('half of an archive', () => toArchive(word()).subarray(0, 700), 'unreadable_document'),
  docx(
    'the beginning of an archive, then noise',
    () => Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), randomBytes(100_000)]),
    'unreadable_document',
  ),
  docx(
    'a remark that looks like another directory',
    () => rawZip(toFiles(word()), { comment: 'PK\x05\x06'.repeat(40) }),
    'read',
    'unreadable_document',
  ),
  ...mutationsOf(
    'Word',
    DOCX,
    () =>
      docxOf(
        wordParagraph('Some words') +
          wordTable([
            ['a', 'b'],
            ['c', 'd'],
          ]),
      ),
    15,
  ),
  ...mutationsOf('Excel', XLSX, () => rawZip(toFiles(excel())), 15),
  ...mutationsOf(
    'Excel, not packed',
    XLSX,
    () =>
      xlsxOf({
        A: [
          ['x', 1],
          [null, { value: 2, format: '0.00' }],
        ],
      }),
    10,
  ),
];

function manyParts(): Buffer {
  const content = dense(6 * MB);
  const packed = deflateRawSync(content);
  return rawZip([...toFiles(word()), ...Array.from({ length: 40 }, (_, i) => ({ name: `word/part${i}.xml`, content, packed }))]);
}

function overlapping(): Buffer {
  const kernel = Buffer.from('<a/>');
  const packed = deflateRawSync(dense(900_000));
  const files = Array.from({ length: 1000 }, (_, i) => ({
    name: `word/a${i}.xml`,
    content: kernel,
    packed: i === 0 ? packed : Buffer.alloc(0),
    saysPacked: packed.length,
    saysSize: 150_000,
    saysOffset: 0,
  }));
  return rawZip(files);
}

function nested(depth: number): Buffer {
  let inner = rawZip([{ name: 'a', content: Buffer.alloc(10 * MB) }]);
  for (let level = 0; level < depth; level++) inner = rawZip([{ name: 'a.zip', content: inner }]);
  return inner;
}

function diagonal(): Buffer {
  const column = (number: number): string =>
    number < 0 ? '' : column(Math.floor(number / 26) - 1) + String.fromCharCode(65 + (number % 26));
  const rows = Array.from({ length: 3000 }, (_, i) => `<row r="${i + 1}"><c r="${column(i)}${i + 1}"><v>${i}</v></c></row>`);
  return excelWith(SHEET, `<worksheet><sheetData>${rows.join('')}</sheetData></worksheet>`);
}

/** Each cell is a text of thirty words: a megabyte of cells is thirty million words. */
function repeatedTexts(): Buffer {
  const files = { ...excel(), [STRINGS]: `<sst><si><t>${'word '.repeat(6_000)}</t></si></sst>` };
  const sheet = `<worksheet><sheetData>${'<row><c t="s"><v>0</v></c></row>'.repeat(20_000)}</sheetData></worksheet>`;
  return rawZip(toFiles({ ...files, [SHEET]: sheet }));
}
