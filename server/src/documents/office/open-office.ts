import { DocumentError } from '../document-error.ts';
import type { DocumentSource } from '../parser/messages.ts';
import type { OpenDocument } from '../parser/open-document.ts';
import { type Archive, readArchive } from './read-archive.ts';

const WORD = 'word/document.xml';
const EXCEL = 'xl/workbook.xml';

/**
 * Opens an archive that is a document of Word or Excel: which one is told by its parts, whatever it is named. Throws `unsupported_type` for
 * other archives, and `unreadable_document` for one that is not what it was declared as.
 */
export async function openOffice(bytes: Uint8Array, source: DocumentSource): Promise<OpenDocument> {
  const archive = await readArchive(bytes).catch((error: unknown) => {
    const isOther = source.type === 'archive' && error instanceof DocumentError && error.code === 'unreadable_document';
    throw isOther ? unsupported() : error;
  });
  const kind = kindOf(archive);
  if (kind === undefined && source.type === 'archive') throw unsupported();
  if (kind === undefined || (source.type !== 'archive' && source.type !== kind)) throw mismatch(source.type, kind);
  return kind === 'docx'
    ? (await import('./open-docx.ts')).openDocx(archive, source)
    : (await import('./open-xlsx.ts')).openXlsx(archive, source);
}

function kindOf(archive: Archive): 'docx' | 'xlsx' | undefined {
  if (!archive.has('[Content_Types].xml') || archive.has(WORD) === archive.has(EXCEL)) return undefined;
  return archive.has(WORD) ? 'docx' : 'xlsx';
}

const unsupported = () =>
  new DocumentError('unsupported_type', 'A file that is a ZIP archive cannot be read; unpack it and upload the documents in it.');

const mismatch = (declared: string, kind: string | undefined) =>
  new DocumentError(
    'unreadable_document',
    `The file is declared as ${declared}, but its content is ${kind ?? 'another archive'}; upload the right file or declare its true type.`,
  );
