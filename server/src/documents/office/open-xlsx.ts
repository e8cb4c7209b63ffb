import type { Block } from '../grid/block.ts';
import { openBlocks } from '../grid/open-blocks.ts';
import type { DocumentSource } from '../parser/messages.ts';
import type { OpenDocument } from '../parser/open-document.ts';
import { type Archive, damaged } from './read-archive.ts';
import { readSheet } from './read-sheet.ts';
import { readXmlPart, walkXml } from './read-xml.ts';
import { readFormats } from './sheet-formats.ts';

/** Bytes of a sheet and of the texts that cells share: a million cells have some fifty megabytes. They are read piece by piece, one at a time. */
const MAX_SHEET = 64 * 1024 * 1024;
const MAX_STRINGS = 32 * 1024 * 1024;
const MAX_SMALL_PART = 4 * 1024 * 1024;
/** Sheets of a workbook. */
const MAX_SHEETS = 250;

/**
 * Opens a workbook: each sheet that is shown is a page (several, when it is long) that bears its name, and one table. Cells are printed as the
 * sheet shows them, by its number formats; a formula is its last result. Charts, pictures and comments are not read.
 *
 * The sheets are walked here: read-excel-file knows no number formats, refuses a workbook for one formula without a result, and makes room
 * for every cell up to the last, so that one cell in the far corner takes all memory.
 */
export async function openXlsx(archive: Archive, source: DocumentSource): Promise<OpenDocument> {
  return openBlocks(() => readWorkbook(archive, source));
}

async function readWorkbook(archive: Archive, source: DocumentSource): Promise<Block[]> {
  const { sheets, is1904 } = await readSheetList(archive);
  const strings = await readStrings(archive);
  const formats = archive.has('xl/styles.xml') ? readFormats(await readXmlPart(archive, 'xl/styles.xml', MAX_SMALL_PART)) : [];
  const blocks: Block[] = [];
  let cellsLeft = source.limits.words;
  for (const { name, part } of sheets) {
    const { rows, cellCount } = readSheet(await readXmlPart(archive, part, MAX_SHEET), { strings, formats, is1904, maxCells: cellsLeft });
    cellsLeft -= cellCount;
    blocks.push({ kind: 'page', title: name }, { kind: 'table', rows });
  }
  return blocks;
}

async function readSheetList(archive: Archive): Promise<{ sheets: { name: string; part: string }[]; is1904: boolean }> {
  const parts = await readRelations(archive);
  const sheets: { name: string; part: string }[] = [];
  let is1904 = false;
  walkXml(await readXmlPart(archive, 'xl/workbook.xml', MAX_SMALL_PART), {
    open(tag, attributes) {
      if (tag === 'workbookPr') is1904 = ['1', 'true'].includes(attributes['date1904'] ?? '');
      if (tag !== 'sheet' || (attributes['state'] ?? 'visible') !== 'visible') return;
      const part = parts.get(attributes['r:id'] ?? '');
      if (part !== undefined && archive.has(part)) sheets.push({ name: attributes['name'] ?? '', part });
    },
  });
  if (sheets.length > MAX_SHEETS) throw damaged(`it has ${sheets.length} sheets, and at most ${MAX_SHEETS} are read`);
  if (sheets.length === 0) throw damaged('it has no sheet that is shown');
  return { sheets, is1904 };
}

async function readRelations(archive: Archive): Promise<Map<string, string>> {
  const parts = new Map<string, string>();
  walkXml(await readXmlPart(archive, 'xl/_rels/workbook.xml.rels', MAX_SMALL_PART), {
    open(tag, attributes) {
      if (tag !== 'Relationship' || attributes['TargetMode'] === 'External') return;
      const target = attributes['Target'] ?? '';
      if (/\/worksheet$/.test(attributes['Type'] ?? '')) {
        parts.set(attributes['Id'] ?? '', target.startsWith('/') ? target.slice(1) : `xl/${target}`);
      }
    },
  });
  return parts;
}

/** The texts that cells refer to by number; without the phonetic readings beside them. */
async function readStrings(archive: Archive): Promise<string[]> {
  const strings: string[] = [];
  if (!archive.has('xl/sharedStrings.xml')) return strings;
  let text = '';
  let isText = false;
  let isPhonetic = false;
  walkXml(await readXmlPart(archive, 'xl/sharedStrings.xml', MAX_STRINGS), {
    open(tag) {
      if (tag === 'si') text = '';
      if (tag === 'rPh') isPhonetic = true;
      isText = tag === 't';
    },
    text(part) {
      if (isText && !isPhonetic) text += part;
    },
    close(tag) {
      if (tag === 'si') strings.push(text);
      if (tag === 'rPh') isPhonetic = false;
      isText = false;
    },
  });
  return strings;
}
