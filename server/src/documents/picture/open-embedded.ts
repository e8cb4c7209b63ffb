import type { DocumentSource } from '../parser/messages.ts';
import type { OpenDocument, PagePicture } from '../parser/open-document.ts';
import { openPicture } from './open-picture.ts';

/** Pixels from which on a picture in a document may hold text; smaller ones are signs and rules. */
const MIN_WIDTH = 120;
const MIN_HEIGHT = 40;

/** PNG, JPEG, TIFF, WebP by their first bytes (latin-1): what reaches the decoder is never what it guesses itself. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are part of the signatures
const SIGNATURES = [/^\x89PNG\r\n\x1a\n/, /^\xff\xd8\xff/, /^II\*\0/, /^MM\0\*/, /^RIFF[\s\S]{4}WEBP/];

const BLANK: PagePicture = { grey: Uint8Array.of(255), width: 1, height: 1, pageWidth: 1, pageHeight: 1 };

/** A picture in a document as a page of its own; undefined for one too small to read or of a kind that is not read. One that is damaged is a blank page. */
export async function openEmbedded(bytes: Uint8Array, source: DocumentSource): Promise<OpenDocument | undefined> {
  const head = Buffer.from(bytes.subarray(0, 16)).toString('latin1');
  if (!SIGNATURES.some((signature) => signature.test(head))) return undefined;
  const picture = await openPicture(bytes, source).catch(() => undefined);
  if (picture === undefined || picture.size.width < MIN_WIDTH || picture.size.height < MIN_HEIGHT) return undefined;
  if (picture.size.width * picture.size.height > source.limits.pagePixels) return undefined;
  return { ...picture, picture: (page) => picture.picture(page).catch(() => BLANK) };
}
