import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl';
import { DocumentError } from '../document-error.ts';

/** Files in an archive. A document of Word or Excel has ten to some hundred. */
const MAX_ENTRIES = 2_000;
/** Bytes of all files once unpacked, and of those that are read. */
const MAX_UNPACKED = 200 * 1024 * 1024;
const MAX_READ = 64 * 1024 * 1024;
/** How much smaller packing may have made a file; text shrinks to a tenth, the dullest sheet to a hundredth. */
const MAX_RATIO = 200;
/** Below it the ratio says nothing. */
const RATIO_FROM_BYTES = 1024 * 1024;
/** Bytes before a file's name in its own header (APPNOTE.TXT 4.3.7). */
const LOCAL_HEADER_BYTES = 30;

/** A ZIP archive whose directory has been looked at, and found to be no bomb. */
export interface Archive {
  names: string[];
  has(name: string): boolean;
  /** Unpacks a file of it. Throws `unreadable_document`, and `document_too_large` for more than `maxBytes`. */
  read(name: string, maxBytes: number): Promise<Buffer>;
}

/**
 * Looks at an archive's directory, unpacks nothing yet. Files are found by the directory alone, and bytes are counted as they are unpacked, so
 * that sizes which lie gain nothing. Throws `unreadable_document`, `encrypted_document`, `document_too_large` (RELIABILITY 22).
 */
export async function readArchive(bytes: Uint8Array): Promise<Archive> {
  const zip = await openZip(bytes);
  if (zip.entryCount > MAX_ENTRIES) throw tooLarge(`The file is an archive of ${zip.entryCount} files; at most ${MAX_ENTRIES} are read.`);
  const entries = await listEntries(zip);
  checkEntries([...entries.values()]);
  let readBytes = 0;
  return {
    names: [...entries.keys()],
    has: (name) => entries.has(name),
    async read(name, maxBytes) {
      const entry = entries.get(name);
      if (entry === undefined) throw damaged(`it has no part ${name}`);
      const content = await unpack(zip, entry, Math.min(maxBytes, MAX_READ - readBytes));
      readBytes += content.length;
      return content;
    },
  };
}

async function openZip(bytes: Uint8Array): Promise<ZipFile> {
  try {
    return await fromBufferPromise(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), { lazyEntries: true });
  } catch (error) {
    throw damaged(messageOf(error), error);
  }
}

async function listEntries(zip: ZipFile): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  try {
    for await (const entry of zip.eachEntry()) {
      if (entries.has(entry.fileName)) throw damaged(`it holds ${entry.fileName.slice(0, 100)} twice`);
      if (!entry.fileName.endsWith('/')) entries.set(entry.fileName, entry);
    }
  } catch (error) {
    throw error instanceof DocumentError ? error : damaged(messageOf(error), error);
  }
  return entries;
}

function checkEntries(entries: Entry[]): void {
  let total = 0;
  let end = 0;
  for (const entry of entries.sort((a, b) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader)) {
    if (entry.isEncrypted()) throw new DocumentError('encrypted_document', 'The document is encrypted; save it without a password.');
    total += entry.uncompressedSize;
    if (total > MAX_UNPACKED) throw tooLarge(`The file unpacks to more than ${megabytes(MAX_UNPACKED)} MB, which is more than is read.`);
    const ratio = entry.uncompressedSize / Math.max(1, entry.compressedSize);
    if (ratio > MAX_RATIO && entry.uncompressedSize > RATIO_FROM_BYTES) {
      throw tooLarge(`A part of the file unpacks to ${Math.round(ratio)} times its size; at most ${MAX_RATIO} times is read.`);
    }
    if (entry.relativeOffsetOfLocalHeader < end) throw damaged('its parts overlap');
    end = entry.relativeOffsetOfLocalHeader + LOCAL_HEADER_BYTES + entry.compressedSize;
  }
}

async function unpack(zip: ZipFile, entry: Entry, maxBytes: number): Promise<Buffer> {
  if (entry.uncompressedSize > maxBytes) throw tooMuch();
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      size += (chunk as Buffer).length;
      if (size > maxBytes) throw tooMuch();
      chunks.push(chunk as Buffer);
    }
  } catch (error) {
    throw error instanceof DocumentError ? error : damaged(messageOf(error), error);
  }
  return Buffer.concat(chunks);
}

const megabytes = (bytes: number): number => Math.round(bytes / 1024 / 1024);
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 200);

const tooLarge = (message: string) => new DocumentError('document_too_large', `${message} Split it or save it in a simpler form.`);
const tooMuch = () => tooLarge('The text of the document unpacks to more than is read.');

/** What the archive is not, said to whoever sent it. */
export const damaged = (reason: string, cause?: unknown) =>
  new DocumentError('unreadable_document', `The document is damaged (${reason}); save it again from its source.`, cause);
