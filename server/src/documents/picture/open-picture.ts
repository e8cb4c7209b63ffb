import sharp, { type Metadata } from 'sharp';
import { DocumentError } from '../document-error.ts';
import type { DocumentLimits } from '../limits.ts';
import type { DocumentSource } from '../parser/messages.ts';
import type { OpenDocument, PagePicture } from '../parser/open-document.ts';

sharp.cache(false); // each picture is read once
sharp.concurrency(1); // a parser process has one core

/** In pixels, of the first page. */
export interface Size {
  width: number;
  height: number;
}

/**
 * Opens a PNG, JPEG, TIFF or WebP: each page of a TIFF is a page, of an animation only the first picture. Sizes are checked on the header,
 * before anything is decoded. Throws `too_many_pixels`, `too_many_pages`, `unreadable_document`.
 */
export async function openPicture(bytes: Uint8Array, source: DocumentSource): Promise<OpenDocument & { size: Size }> {
  const metadata = await readHeader(bytes);
  const pageCount = metadata.format === 'tiff' ? (metadata.pages ?? 1) : 1;
  if (pageCount > source.limits.textPages) {
    throw new DocumentError(
      'too_many_pages',
      `The picture has ${pageCount} pages; at most ${source.limits.ocrPages} are read by OCR. Split it.`,
    );
  }
  return {
    size: { width: metadata.width, height: metadata.height },
    parse: async () => Array.from({ length: pageCount }, (_, index) => ({ page: index + 1 })),
    picture: (page) => decode(bytes, page - 1, source.limits),
    close: () => {},
  };
}

async function readHeader(bytes: Uint8Array): Promise<Metadata> {
  try {
    return await sharp(bytes, { limitInputPixels: false }).metadata();
  } catch (error) {
    throw damaged(error);
  }
}

async function decode(bytes: Uint8Array, page: number, limits: DocumentLimits): Promise<PagePicture> {
  try {
    const image = sharp(bytes, { page, limitInputPixels: false, failOn: 'error' });
    const { width, height } = await image.metadata();
    if (width * height > limits.pagePixels) throw tooManyPixels(width, height, limits.pagePixels);
    const { data, info } = await image
      .autoOrient()
      .flatten({ background: 'white' })
      .toColourspace('b-w')
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { grey: data, width: info.width, height: info.height, pageWidth: info.width, pageHeight: info.height };
  } catch (error) {
    throw error instanceof DocumentError ? error : damaged(error);
  }
}

const damaged = (error: unknown) =>
  new DocumentError(
    'unreadable_document',
    `The picture is damaged and cannot be decoded (${firstLine(error)}); save or scan it again.`,
    error,
  );

const firstLine = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';

function tooManyPixels(width: number, height: number, limit: number): DocumentError {
  const megapixels = (pixels: number): string => (pixels / 1e6).toFixed(0);
  return new DocumentError(
    'too_many_pixels',
    `The picture has ${width} x ${height} pixels (${megapixels(width * height)} megapixels); at most ${megapixels(limit)} are read. Scale it down.`,
  );
}
