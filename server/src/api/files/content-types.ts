import { badRequest } from '#base';

/** A type that says nothing: the bytes are looked at when they arrive. */
export const UNKNOWN_TYPE = 'application/octet-stream';

/** What may be uploaded (core.md 2, upload-url), with the ending of a file that has no name of its own. */
const ENDINGS: Record<string, string> = {
  'application/pdf': 'pdf',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'text/plain': 'txt',
  'text/csv': 'csv',
  'text/markdown': 'md',
  'text/html': 'html',
  'application/json': 'json',
  'message/rfc822': 'eml',
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/tiff': 'tiff',
  'image/webp': 'webp',
  'application/zip': 'zip',
  'application/x-tar': 'tar',
  [UNKNOWN_TYPE]: 'bin',
};

const ALIASES: Record<string, string> = {
  'image/jpg': 'image/jpeg',
  'application/x-zip-compressed': 'application/zip',
  'application/tar': 'application/x-tar',
  'application/csv': 'text/csv',
  'application/x-pdf': 'application/pdf',
};

/** The allowed type that a header or parameter names, its parameters dropped; undefined for any other. */
export function findContentType(text: string | undefined): string | undefined {
  const essence = text?.split(';')[0]?.trim().toLowerCase() ?? '';
  const type = Object.hasOwn(ALIASES, essence) ? (ALIASES[essence] as string) : essence;
  return Object.hasOwn(ENDINGS, type) ? type : undefined;
}

/** As `findContentType`, absent meaning unknown; throws `bad_request` for a type that may not be uploaded. */
export function readContentType(text: string | null | undefined): string {
  if (text === undefined || text === null || text === '') return UNKNOWN_TYPE;
  const type = findContentType(text);
  if (type === undefined)
    throw badRequest(`Files of type '${text.slice(0, 100)}' cannot be uploaded; allowed: ${Object.keys(ENDINGS).join(', ')}`);
  return type;
}

export const endingOf = (contentType: string): string => ENDINGS[contentType] ?? 'bin';
