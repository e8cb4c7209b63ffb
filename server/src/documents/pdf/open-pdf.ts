import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { getDocument, type PDFDocumentProxy, VerbosityLevel } from 'pdfjs-dist/legacy/build/pdf.mjs';
import type { Page } from '../document.ts';
import { DocumentError } from '../document-error.ts';
import type { DocumentSource } from '../parser/messages.ts';
import type { OpenDocument } from '../parser/open-document.ts';
import type { PageScan } from '../parser/page-scan.ts';
import type { PageObjects } from './picture-areas.ts';
import { createPageRenderer, type PageRenderer } from './render-page.ts';
import { readTextItems } from './text-items.ts';
import { unreadAreas } from './unread-areas.ts';

/** Fewer characters of text than these beside a picture may be a stamp or a footer on a scan: OCR looks as well. */
const SPARSE_CHARACTERS = 64;
/** Below this share of legible characters the fonts have no map to Unicode, and OCR reads better than the text layer. */
const LEGIBLE_SHARE = 0.8;
/** What stands in every file that has a picture: dictionaries of streams are never packed, nor their names encrypted (ISO 32000-1, 7.5.7). */
const PICTURE_MARK = '/Image';
/** What a page is worth whose content has errors that pdf.js read past: a person should look. */
const DAMAGED_QUALITY = 0.5;

const assets = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'));

/** Opens a PDF: its text layer by pdf.js, its pages as pictures by PDFium. Throws `encrypted_document`, `unreadable_document`, `too_many_pages`. */
export async function openPdf(bytes: Uint8Array, source: DocumentSource): Promise<OpenDocument> {
  const renderer = createPageRenderer(bytes, source);
  return {
    parse: (emit) => readTextLayer(bytes, source, renderer, emit),
    picture: (page) => renderer.render(page),
    close: () => renderer.close(),
  };
}

async function readTextLayer(
  bytes: Uint8Array,
  source: DocumentSource,
  renderer: PageRenderer,
  emit: (page: Page) => void,
): Promise<PageScan[]> {
  const strict = await load(bytes, source, { stopAtErrors: true });
  let lenient: PDFDocumentProxy | undefined;
  try {
    if (strict.numPages > source.limits.textPages) throw tooManyPages(strict.numPages, source.limits.textPages);
    const scans: PageScan[] = [];
    const hasPictures = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(PICTURE_MARK);
    for (let number = 1; number <= strict.numPages; number++) {
      let page = await readPage(strict, number).catch(() => undefined);
      if (page === undefined) {
        lenient ??= await load(bytes, source, { stopAtErrors: false });
        page = await readDamagedPage(lenient, number);
      }
      emit(page);
      const scan = await scanOf(page, renderer, hasPictures);
      if (scan !== undefined) scans.push(scan);
    }
    return scans;
  } finally {
    await strict.loadingTask.destroy();
    await lenient?.loadingTask.destroy();
  }
}

async function load(bytes: Uint8Array, source: DocumentSource, options: { stopAtErrors: boolean }): Promise<PDFDocumentProxy> {
  const task = getDocument({
    data: bytes.slice(), // pdf.js takes the buffer for itself
    ...(source.password === undefined ? {} : { password: source.password }),
    ...options,
    verbosity: VerbosityLevel.ERRORS,
    enableXfa: false,
    disableFontFace: true,
    useSystemFonts: false,
    useWorkerFetch: false,
    isOffscreenCanvasSupported: false,
    isImageDecoderSupported: false,
    cMapUrl: join(assets, 'cmaps') + sep,
    standardFontDataUrl: join(assets, 'standard_fonts') + sep,
  });
  try {
    return await task.promise;
  } catch (error) {
    throw loadError(error, source.password !== undefined);
  }
}

function loadError(error: unknown, hadPassword: boolean): DocumentError {
  const { name, message } = error as Error;
  if (name !== 'PasswordException') {
    return new DocumentError(
      'unreadable_document',
      `The PDF is damaged and cannot be opened (${message}); export it again from its source.`,
      error,
    );
  }
  const advice = hadPassword
    ? 'the given password does not open it'
    : 'give its password in the parameter `password`, or save it without one';
  return new DocumentError('encrypted_document', `The PDF is encrypted: ${advice}.`, error);
}

const tooManyPages = (count: number, limit: number) =>
  new DocumentError('too_many_pages', `The document has ${count} pages; at most ${limit} are read. Split it.`);

async function readPage(document: PDFDocumentProxy, number: number): Promise<Page> {
  const proxy = await document.getPage(number);
  const viewport = proxy.getViewport({ scale: 1 });
  const { words, text, legibleShare } = readTextItems(await proxy.getTextContent(), viewport);
  proxy.cleanup();
  return {
    number,
    width: round(viewport.width),
    height: round(viewport.height),
    text,
    quality: round(legibleShare),
    source: 'text_layer',
    words,
  };
}

/** A page with errors in its content is read past them. One that cannot be had at all makes the document unreadable: no page is lost silently. */
async function readDamagedPage(document: PDFDocumentProxy, number: number): Promise<Page> {
  try {
    const page = await readPage(document, number);
    return { ...page, quality: Math.min(page.quality, DAMAGED_QUALITY) };
  } catch (error) {
    const reason = (error as Error).message;
    throw new DocumentError(
      'unreadable_document',
      `Page ${number} of the PDF is damaged (${reason}); export it again from its source.`,
      error,
    );
  }
}

/** What OCR must read of a page: all of it, the pictures on it whose text is missing, or nothing. */
async function scanOf(page: Page, renderer: PageRenderer, hasPictures: boolean): Promise<PageScan | undefined> {
  const whole = { page: page.number };
  if (page.quality < LEGIBLE_SHARE) return whole;
  const isSparse = page.text.length < SPARSE_CHARACTERS;
  if (!isSparse && !hasPictures) return undefined;
  const objects = await renderer.objects(page.number).catch((): PageObjects => ({ objectCount: 1, pictures: [] })); // the text read so far is not lost to PDFium
  if (isSparse) return objects.pictures.length > 0 || (objects.objectCount > 0 && page.words.length === 0) ? whole : undefined; // letters may be outlines
  const areas = unreadAreas(objects.pictures, page.words);
  return areas.length === 0 ? undefined : { ...whole, areas };
}

const round = (value: number): number => Math.round(value * 1000) / 1000;
