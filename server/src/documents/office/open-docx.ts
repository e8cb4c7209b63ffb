import mammoth from 'mammoth';
import { DocumentError } from '../document-error.ts';
import type { Block } from '../grid/block.ts';
import { openBlocks } from '../grid/open-blocks.ts';
import { htmlToBlocks } from '../html/html-to-blocks.ts';
import { joinDocuments } from '../parser/join-documents.ts';
import type { DocumentSource } from '../parser/messages.ts';
import type { OpenDocument } from '../parser/open-document.ts';
import { openEmbedded } from '../picture/open-embedded.ts';
import { type Archive, damaged } from './read-archive.ts';
import { readXmlPart, walkXml } from './read-xml.ts';
import { storeArchive } from './store-archive.ts';

/** Bytes of one part: its text becomes a tree of some ten times its size. */
const MAX_PART = 8 * 1024 * 1024;
/** Pictures of a document that are looked at, and bytes of one. */
const MAX_PICTURES = 20;
const MAX_PICTURE_BYTES = 20 * 1024 * 1024;

/** What Word breaks by hand is a page of its own. */
const STYLES = ["br[type='page'] => hr.page"];
const PAGE_BREAK = /<hr class="page"\s*\/?>/;

/**
 * Opens a Word document: its text on pages of characters and lines, then each of its pictures as a page that OCR reads. It never looks outside
 * of the document; comments, tracked deletions and embedded objects are not read.
 */
export async function openDocx(archive: Archive, source: DocumentSource): Promise<OpenDocument> {
  const { html, pictures } = await convert(archive);
  const parts = (await Promise.all(pictures.map((picture) => openEmbedded(picture, source)))).filter((part) => part !== undefined);
  const blocks = toBlocks(html);
  const hasText = blocks.some((block) => block.kind === 'line' || block.kind === 'table');
  return joinDocuments(hasText || parts.length === 0 ? [openBlocks(() => blocks), ...parts] : parts);
}

async function convert(archive: Archive): Promise<{ html: string; pictures: Buffer[] }> {
  const pictures: Buffer[] = [];
  const convertImage = mammoth.images.imgElement(async (image) => {
    const bytes = pictures.length < MAX_PICTURES ? await image.readAsBuffer().catch(() => undefined) : undefined;
    if (bytes !== undefined) pictures.push(bytes);
    return { src: '' };
  });
  try {
    const options = {
      convertImage,
      styleMap: STYLES,
      includeEmbeddedStyleMap: false,
      externalFileAccess: false,
      ignoreEmptyParagraphs: false,
    };
    const { value } = await mammoth.convertToHtml({ buffer: await trustedParts(archive) }, options);
    return { html: value, pictures };
  } catch (error) {
    if (error instanceof DocumentError) throw error;
    throw damaged(error instanceof Error ? error.message.slice(0, 200) : String(error), error);
  }
}

/** The parts that are read, each counted and without declarations, as an archive of their own. */
async function trustedParts(archive: Archive): Promise<Buffer> {
  const parts = new Map<string, Uint8Array>();
  let pictureCount = 0;
  for (const name of archive.names) {
    if (/\.(?:xml|rels)$/i.test(name) && /^(?:word\/|_rels\/|docProps\/|\[Content_Types\])/.test(name)) {
      const bytes = await readXmlPart(archive, name, MAX_PART);
      walkXml(bytes, {}); // no deeper than a parser can follow
      parts.set(name, bytes);
    } else if (/^word\/media\//.test(name) && pictureCount < MAX_PICTURES) {
      pictureCount++;
      parts.set(name, await archive.read(name, MAX_PICTURE_BYTES));
    }
  }
  return storeArchive(parts);
}

const toBlocks = (html: string): Block[] =>
  html
    .split(PAGE_BREAK)
    .flatMap((page, index): Block[] => [
      ...(index === 0 ? [] : [{ kind: 'page' } as const]),
      ...htmlToBlocks(page, { paragraphGaps: false }),
    ]);
