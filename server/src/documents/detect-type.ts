import { DocumentError } from './document-error.ts';

/** What we can read: each has its own parser. */
export type DocumentType = 'pdf' | 'picture' | 'text';

const READABLE = 'PDF, PNG, JPEG, TIFF, WebP and plain text (.txt, .md)';

/** Declared types that say nothing of the content. */
const GENERIC = new Set(['', 'application/octet-stream', 'binary/octet-stream', 'application/x-download', '*/*']);

const TYPES_BY_MIME: Record<string, DocumentType> = {
  'application/pdf': 'pdf',
  'application/x-pdf': 'pdf',
  'image/png': 'picture',
  'image/jpeg': 'picture',
  'image/jpg': 'picture',
  'image/tiff': 'picture',
  'image/webp': 'picture',
  'text/plain': 'text',
  'text/markdown': 'text',
  'text/x-markdown': 'text',
};

const MIME_BY_EXTENSION: Record<string, string> = {
  pdf: 'application/pdf',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  tif: 'image/tiff',
  tiff: 'image/tiff',
  webp: 'image/webp',
  txt: 'text/plain',
  md: 'text/markdown',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  html: 'text/html',
  eml: 'message/rfc822',
};

/** Leading bytes (latin-1) -> the content's name and, where we read it, its type. The first match wins, so a ZIP with a PDF inside is a ZIP. */
const SIGNATURES: [prefix: string, name: string, type?: DocumentType][] = [
  ['\x89PNG\r\n\x1a\n', 'a PNG picture', 'picture'],
  ['\xff\xd8\xff', 'a JPEG picture', 'picture'],
  ['II*\0', 'a TIFF picture', 'picture'],
  ['MM\0*', 'a TIFF picture', 'picture'],
  ['GIF8', 'a GIF picture'],
  ['PK\x03\x04', 'a ZIP archive'],
  ['PK\x05\x06', 'a ZIP archive'],
  ['\xd0\xcf\x11\xe0', 'an old Office file'],
  ['\x1f\x8b', 'a gzip archive'],
  ['%PDF-', 'a PDF', 'pdf'],
];

/** A PDF's header may stand anywhere in its first kilobyte (ISO 32000-1, implementation note 13). */
const PDF_HEADER_WITHIN = 1024;

interface Content {
  name: string;
  type?: DocumentType | undefined;
}

/**
 * The type of a document: what its first bytes say, agreed with what was declared (MIME type, else the extension of the file's name).
 * Throws `unsupported_type` for what we do not read and `unreadable_document` where content and declaration disagree: a file that lies about
 * its type is not handed to a parser that somebody else chose (RELIABILITY 25).
 */
export function detectType(bytes: Buffer, declared: { mimeType?: string | undefined; filename?: string | undefined }): DocumentType {
  if (bytes.length === 0) throw new DocumentError('unreadable_document', 'The file is empty; upload it again.');
  const mime = declaredMime(declared);
  const expected = mime === undefined ? undefined : TYPES_BY_MIME[mime];
  const content = sniff(bytes);
  if (mime !== undefined && expected === undefined) throw unsupported(`Documents of type ${mime}`);
  if (expected !== undefined && expected !== content.type) {
    throw new DocumentError(
      'unreadable_document',
      `The file is declared as ${mime}, but its content is ${content.name}; upload the right file or declare its true type.`,
    );
  }
  if (content.type === undefined) throw unsupported(`A file that is ${content.name}`);
  return content.type;
}

function declaredMime({ mimeType, filename }: { mimeType?: string | undefined; filename?: string | undefined }): string | undefined {
  const mime = (mimeType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (!GENERIC.has(mime)) return mime;
  const extension = /\.([a-z0-9]+)$/i.exec(filename ?? '')?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(MIME_BY_EXTENSION, extension) ? MIME_BY_EXTENSION[extension] : undefined;
}

function sniff(bytes: Buffer): Content {
  const head = bytes.toString('latin1', 0, PDF_HEADER_WITHIN);
  for (const [prefix, name, type] of SIGNATURES) if (head.startsWith(prefix)) return { name, type };
  if (head.startsWith('RIFF') && head.startsWith('WEBP', 8)) return { name: 'a WebP picture', type: 'picture' };
  if (head.includes('%PDF-')) return { name: 'a PDF', type: 'pdf' };
  return sniffText(head);
}

function sniffText(head: string): Content {
  const hasUtf16Mark = head.startsWith('\xff\xfe') || head.startsWith('\xfe\xff');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what tells binary content from text
  if (!hasUtf16Mark && /[\x00-\x08\x0e-\x1a\x1c-\x1f]/.test(head)) return { name: 'of no type that we know' };
  if (/^\s*<(!doctype\s+html|html|head|body)\b/i.test(head)) return { name: 'an HTML page' };
  return { name: 'plain text', type: 'text' };
}

const unsupported = (what: string) => new DocumentError('unsupported_type', `${what} cannot be read; convert it to one of: ${READABLE}.`);
