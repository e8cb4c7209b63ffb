import { dateParts, formatDate } from './format-date.ts';
import { formatNumber } from './format-number.ts';
import { walkXml } from './read-xml.ts';

/** How a cell is shown: a format code of the workbook (ECMA-376 part 1, 18.8.31); undefined is `General`. */
export type CellFormat = string | undefined;

/** Codes that have a number only (18.8.30). A date by the reader's own settings (14, 22) is printed as ISO 8601, which nobody misreads. */
const BUILT_IN: Record<number, string> = {
  1: '0',
  2: '0.00',
  3: '#,##0',
  4: '#,##0.00',
  9: '0%',
  10: '0.00%',
  11: '0.00E+00',
  14: 'yyyy-mm-dd',
  15: 'd-mmm-yy',
  16: 'd-mmm',
  17: 'mmm-yy',
  18: 'h:mm AM/PM',
  19: 'h:mm:ss AM/PM',
  20: 'h:mm',
  21: 'h:mm:ss',
  22: 'yyyy-mm-dd h:mm',
  37: '#,##0;(#,##0)',
  38: '#,##0;(#,##0)',
  39: '#,##0.00;(#,##0.00)',
  40: '#,##0.00;(#,##0.00)',
  45: 'mm:ss',
  46: '[h]:mm:ss',
  47: 'mm:ss',
};

/** The format of each cell style, from the workbook's styles. */
export function readFormats(xml: Buffer): CellFormat[] {
  const custom = new Map<number, string>();
  const formats: CellFormat[] = [];
  let isCellStyles = false;
  walkXml(xml, {
    open(tag, attributes) {
      if (tag === 'numFmt') custom.set(Number(attributes['numFmtId']), (attributes['formatCode'] ?? '').slice(0, 255));
      else if (tag === 'cellXfs') isCellStyles = true;
      else if (tag === 'xf' && isCellStyles) {
        const id = Number(attributes['numFmtId'] ?? 0);
        formats.push(custom.get(id) ?? BUILT_IN[id]);
      }
    },
    close(tag) {
      if (tag === 'cellXfs') isCellStyles = false;
    },
  });
  return formats;
}

/** A number as its cell shows it. */
export function formatCell(value: number, format: CellFormat, is1904: boolean): string {
  if (format === undefined || /^general$/i.test(format) || format === '@') return general(value);
  const sections = sectionsOf(format);
  const index = value < 0 && sections.length > 1 ? 1 : value === 0 && sections.length > 2 ? 2 : 0;
  const code = sections[index] ?? '';
  const bare = code.replace(/"[^"]*"|\\.|\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '');
  if (/[ymdhs]/i.test(bare) && !/[#0?]/.test(bare.replace(/\.0+/g, ''))) return formatDate(dateParts(value, is1904), code);
  return formatNumber(index === 1 ? -value : value, code) ?? general(value);
}

/** The parts of a code between its semicolons, those in quotes and behind a backslash apart. */
const sectionsOf = (format: string): string[] => {
  const sections = [''];
  for (const [token] of format.matchAll(/"[^"]*"?|\\.|\[[^\]]*\]?|[\s\S]/g)) {
    if (token === ';') sections.push('');
    else sections[sections.length - 1] += token;
  }
  return sections;
};

/** As `General` shows a number: eleven significant digits, no zeros behind. */
const general = (value: number): string => String(Number(value.toPrecision(11)));
