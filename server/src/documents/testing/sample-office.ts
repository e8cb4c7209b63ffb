import { deflateRawSync } from 'node:zlib';
import { storeArchive } from '../office/store-archive.ts';

/** Documents of Word and Excel for tests, as little of each as a reader needs; each is made, none is stored. */

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const TYPES = `${XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>`;
const relations = (rows: string): string =>
  `${XML}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${rows}</Relationships>`;

export const escapeXml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

export const toArchive = (files: Record<string, string | Buffer>): Buffer =>
  storeArchive(new Map(Object.entries(files).map(([name, content]) => [name, Buffer.from(content as string)])));

/** The files of a Word document: `body` is WordprocessingML; pictures are referred to by their file name, see `wordPicture`. */
export function docxFiles(body: string, pictures: Record<string, Buffer> = {}): Record<string, string | Buffer> {
  const names = Object.keys(pictures);
  const files: Record<string, string | Buffer> = {
    '[Content_Types].xml': `${TYPES}<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`,
    '_rels/.rels': relations(`<Relationship Id="r1" Type="${OFFICE}/officeDocument" Target="word/document.xml"/>`),
    'word/_rels/document.xml.rels': relations(
      names.map((name) => `<Relationship Id="${name}" Type="${OFFICE}/image" Target="media/${name}"/>`).join(''),
    ),
    'word/styles.xml': `${XML}<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/></w:style></w:styles>`,
    'word/document.xml': `${XML}<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="${OFFICE}" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><w:body>${body}</w:body></w:document>`,
  };
  for (const name of names) files[`word/media/${name}`] = pictures[name] as Buffer;
  return files;
}

export const docxOf = (body: string, pictures?: Record<string, Buffer>): Buffer => toArchive(docxFiles(body, pictures));

export const wordParagraph = (text: string, style = ''): string =>
  `<w:p>${style === '' ? '' : `<w:pPr><w:pStyle w:val="${style}"/></w:pPr>`}<w:r><w:t xml:space="preserve">${escapeXml(text)}</w:t></w:r></w:p>`;

export const wordTable = (rows: string[][]): string =>
  `<w:tbl>${rows.map((row) => `<w:tr>${row.map((cell) => `<w:tc>${wordParagraph(cell)}</w:tc>`).join('')}</w:tr>`).join('')}</w:tbl>`;

export const wordPicture = (name: string): string =>
  `<w:p><w:r><w:drawing><wp:inline><a:graphic><a:graphicData><pic:pic><pic:blipFill><a:blip r:embed="${name}"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>`;

/** A cell: a text, a number, or a number in a format of its own. */
export type SheetCell = string | number | { value: number; format: string } | { formula: string; result?: string } | null;

/** The files of a workbook with these sheets. */
export function xlsxFiles(sheets: Record<string, SheetCell[][]>): Record<string, string | Buffer> {
  const names = Object.keys(sheets);
  const formats: string[] = [];
  const strings: string[] = [];
  const files: Record<string, string | Buffer> = {};
  names.forEach((name, index) => {
    const rows = sheets[name] ?? [];
    const cells = (row: SheetCell[], number: number): string =>
      row.map((cell, column) => cellXml(cell, `${columnName(column)}${number}`, formats, strings)).join('');
    const xml = rows.map((row, at) => `<row r="${at + 1}">${cells(row, at + 1)}</row>`).join('');
    files[`xl/worksheets/sheet${index + 1}.xml`] =
      `${XML}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>${xml}</sheetData></worksheet>`;
  });
  const list = names.map((name, index) => `<sheet name="${escapeXml(name)}" sheetId="${index + 1}" r:id="s${index + 1}"/>`).join('');
  return {
    '[Content_Types].xml': `${TYPES}<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`,
    '_rels/.rels': relations(`<Relationship Id="r1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/>`),
    'xl/workbook.xml': `${XML}<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="${OFFICE}"><sheets>${list}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': relations(
      names.map((_, i) => `<Relationship Id="s${i + 1}" Type="${OFFICE}/worksheet" Target="worksheets/sheet${i + 1}.xml"/>`).join(''),
    ),
    'xl/sharedStrings.xml': `${XML}<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">${strings.map((text) => `<si><t>${escapeXml(text)}</t></si>`).join('')}</sst>`,
    'xl/styles.xml': `${XML}<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts>${formats.map((code, i) => `<numFmt numFmtId="${i + 164}" formatCode="${escapeXml(code)}"/>`).join('')}</numFmts><cellXfs><xf numFmtId="0"/>${formats.map((_, i) => `<xf numFmtId="${i + 164}"/>`).join('')}</cellXfs></styleSheet>`,
    ...files,
  };
}

export const xlsxOf = (sheets: Record<string, SheetCell[][]>): Buffer => toArchive(xlsxFiles(sheets));

function cellXml(cell: SheetCell, address: string, formats: string[], strings: string[]): string {
  if (cell === null) return '';
  if (typeof cell === 'string') return `<c r="${address}" t="s"><v>${strings.push(cell) - 1}</v></c>`;
  if (typeof cell === 'number') return `<c r="${address}"><v>${cell}</v></c>`;
  if ('formula' in cell) {
    const result = cell.result === undefined ? '' : `<v>${escapeXml(cell.result)}</v>`;
    return `<c r="${address}" t="str"><f>${escapeXml(cell.formula)}</f>${result}</c>`;
  }
  if (!formats.includes(cell.format)) formats.push(cell.format);
  return `<c r="${address}" s="${formats.indexOf(cell.format) + 1}"><v>${cell.value}</v></c>`;
}

const columnName = (column: number): string =>
  column < 26 ? String.fromCharCode(65 + column) : columnName(Math.floor(column / 26) - 1) + columnName(column % 26);

/** Raw deflate, for archives that a test writes by hand. */
export const deflate = (content: Buffer): Buffer => deflateRawSync(content, { level: 9 });
