import { DocumentError } from './document-error.ts';
import { utf16Of } from './plain-text/decode-text.ts';

/** What we can read. An `archive` is a document of Word or Excel that nobody declared: which one, its parts tell. */
export type DocumentType = 'pdf' | 'picture' | 'text' | 'csv' | 'html' | 'mail' | 'docx' | 'xlsx' | 'archive';

const READABLE = 'PDF, PNG, JPEG, TIFF, WebP, Word (.docx), Excel (.xlsx), CSV, HTML, e-mail (.eml) and plain text (.txt, .md)';

/** Declared types that say nothing of the content. */
const GENERIC = new Set(['', 'application/octet-stream', 'binary/octet-stream', 'application/x-download', '*/*']);

const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

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
  'text/csv': 'csv',
  'application/csv': 'csv',
  'text/tab-separated-values': 'csv',
  'text/html': 'html',
  'application/xhtml+xml': 'html',
  'message/rfc822': 'mail',
  [DOCX]: 'docx',
  [XLSX]: 'xlsx',
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
  docx: DOCX,
  xlsx: XLSX,
  csv: 'text/csv',
  tsv: 'text/tab-separated-values',
  html: 'text/html',
  htm: 'text/html',
  eml: 'message/rfc822',
};

/** What bytes are: for people, and as what they can be read; the first is what they are where nobody says. */
interface Content {
  name: string;
  types: readonly DocumentType[];
}

const OFFICE = ['archive', 'docx', 'xlsx'] as const;

/** Leading bytes (latin-1) -> the content's name and, where we read it, its types. The first match wins, so a ZIP with a PDF inside is a ZIP. */
const SIGNATURES: [prefix: string, name: string, ...types: DocumentType[]][] = [
  ['\x89PNG\r\n\x1a\n', 'a PNG picture', 'picture'],
  ['\xff\xd8\xff', 'a JPEG picture', 'picture'],
  ['II*\0', 'a TIFF picture', 'picture'],
  ['MM\0*', 'a TIFF picture', 'picture'],
  ['GIF8', 'a GIF picture'],
  ['PK\x03\x04', 'a ZIP archive', ...OFFICE],
  ['PK\x05\x06', 'a ZIP archive'],
  ['\xd0\xcf\x11\xe0', 'an old Office file'],
  ['\x1f\x8b', 'a gzip archive'],
  ['Rar!', 'a RAR archive'],
  ['7z\xbc\xaf', 'a 7z archive'],
  ['{\\rtf', 'an RTF document'],
  ['%PDF-', 'a PDF', 'pdf'],
];

/** A PDF's header may stand anywhere in its first kilobyte (ISO 32000-1, implementation note 13). */
const PDF_HEADER_WITHIN = 1024;

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
  const type = expected === undefined ? content.types[0] : content.types.find((each) => each === expected);
  if (type !== undefined) return type;
  if (expected === undefined) throw unsupported(`A file that is ${content.name}`);
  throw new DocumentError(
    'unreadable_document',
    `The file is declared as ${mime}, but its content is ${content.name}; upload the right file or declare its true type.`,
  );
}

function declaredMime({ mimeType, filename }: { mimeType?: string | undefined; filename?: string | undefined }): string | undefined {
  const mime = (mimeType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (!GENERIC.has(mime)) return mime;
  const extension = /\.([a-z0-9]+)$/i.exec(filename ?? '')?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(MIME_BY_EXTENSION, extension) ? MIME_BY_EXTENSION[extension] : undefined;
}

function sniff(bytes: Buffer): Content {
  const head = bytes.toString('latin1', 0, PDF_HEADER_WITHIN);
  for (const [prefix, name, ...types] of SIGNATURES) if (head.startsWith(prefix)) return { name, types };
  if (head.startsWith('RIFF') && head.startsWith('WEBP', 8)) return { name: 'a WebP picture', types: ['picture'] };
  if (head.includes('%PDF-')) return { name: 'a PDF', types: ['pdf'] };
  return sniffText(bytes, head);
}

/** Headers that a message has two of at least, and nothing but headers before its first empty line (RFC 5322 section 3.6). */
const MAIL_HEADER = /^(?:from|to|cc|subject|date|message-id|mime-version|received|return-path|delivered-to|content-type|reply-to):/i;
const ANY_HEADER = /^(?:[!-9;-~]+:|[ \t]|From |$)/;
const MIN_MAIL_HEADERS = 2;

function sniffText(bytes: Buffer, head: string): Content {
  const encoding = utf16Of(bytes);
  const text = encoding === undefined ? head : new TextDecoder(encoding).decode(bytes.subarray(0, PDF_HEADER_WITHIN));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what tells binary content from text
  if (/[\x00-\x08\x0e-\x1a\x1c-\x1f]/.test(text)) return { name: 'of no type that we know', types: [] };
  const start = text.replace(/^(?:\xef\xbb\xbf|\ufeff)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]*?-->\s*)*/, '');
  if (/^<(?:svg\b|!doctype\s+svg)/i.test(start)) return { name: 'an SVG picture', types: [] };
  if (/^<(?:!doctype\s+html|html|head|body)\b/i.test(start)) return { name: 'an HTML page', types: ['html'] };
  if (isMail(text)) return { name: 'an e-mail message', types: ['mail', 'text'] };
  return { name: 'plain text', types: ['text', 'csv', 'html'] };
}

function isMail(text: string): boolean {
  const lines = text.split(/\r?\n/);
  const end = lines.indexOf('');
  const headers = end < 0 ? lines.slice(0, -1) : lines.slice(0, end); // the last line of the sample may be cut
  return headers.every((line) => ANY_HEADER.test(line)) && headers.filter((line) => MAIL_HEADER.test(line)).length >= MIN_MAIL_HEADERS;
}

const unsupported = (what: string) => new DocumentError('unsupported_type', `${what} cannot be read; convert it to one of: ${READABLE}.`);
