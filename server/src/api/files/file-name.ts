import type { IncomingHttpHeaders } from 'node:http';
import { endingOf } from './content-types.ts';

const MAX_NAME_LENGTH = 255; // of common file systems
const META_PREFIX = 'x-goog-meta-'; // what clients of the original's signed URLs send

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it removes
const UNPRINTABLE = /[\u0000-\u001f\u007f]/g;

/** The last part of a name, without folders and control characters; null where nothing is left. It is shown, never used as a path. */
export function cleanFileName(name: string | undefined | null): string | null {
  const last = name?.split(/[\\/]/).at(-1)?.replace(UNPRINTABLE, '').trim().slice(0, MAX_NAME_LENGTH) ?? '';
  return last === '' || last === '.' || last === '..' ? null : last.toWellFormed();
}

/** `filename` or `filename*` of a Content-Disposition header (RFC 6266). */
function nameOfDisposition(header: string | undefined): string | undefined {
  const extended = /filename\*\s*=\s*utf-8''([^;\s]+)/i.exec(header ?? '')?.[1];
  if (extended !== undefined) {
    try {
      return decodeURIComponent(extended);
    } catch {
      return extended;
    }
  }
  const [, quoted, plain] = /filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(header ?? '') ?? [];
  return quoted?.replace(/\\(.)/g, '$1') ?? plain;
}

/** What an upload's headers say of the file: its name, and the free metadata of `x-goog-meta-*`. */
export function readUploadHeaders(headers: IncomingHttpHeaders): { filename: string | null; metadata: Record<string, string> } {
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(META_PREFIX) && typeof value === 'string') metadata[name.slice(META_PREFIX.length)] = fromLatin1(value);
  }
  const named = headers['content-disposition'] === undefined ? undefined : fromLatin1(headers['content-disposition']);
  const filename = nameOfDisposition(named) ?? metadata['filename'] ?? metadata['original-filename'];
  return { filename: cleanFileName(filename), metadata };
}

/** HTTP hands header bytes over as Latin-1; clients write UTF-8. Falls back where the bytes are not UTF-8. */
function fromLatin1(value: string): string {
  const bytes = Buffer.from(value, 'latin1');
  const text = bytes.toString('utf8');
  return text.includes('\ufffd') ? value : text;
}

/** `attachment` with the file's name in both forms of RFC 6266. */
export function toDisposition(file: { id: string; filename: string | null; contentType: string }): string {
  const name = file.filename ?? `${file.id}.${endingOf(file.contentType)}`;
  const ascii = name.replace(/[^\x20-\x7e]/g, '_').replace(/["\\]/g, '\\$&');
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
