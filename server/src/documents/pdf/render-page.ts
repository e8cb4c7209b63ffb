import { type PDFiumDocument, PDFiumLibrary } from '@hyzyla/pdfium';
import { DocumentError } from '../document-error.ts';
import type { DocumentSource } from '../parser/messages.ts';
import type { PagePicture } from '../parser/open-document.ts';
import { lookAtPage, type PageObjects } from './picture-areas.ts';

const POINTS_PER_INCH = 72;
/** What OCR reads best: body text is then 25 to 35 pixels high. */
const DPI = 200;
/** A page so large that its pixels at this resolution break the limit cannot be read. */
const MIN_DPI = 72;

export interface PageRenderer {
  /** What stands on the page. Decodes nothing: a millisecond. */
  objects(page: number): Promise<PageObjects>;
  render(page: number): Promise<PagePicture>;
  close(): void;
}

/**
 * Pages of a PDF as grey pictures, by PDFium. It is loaded with the first page and only ever renders: mixing its text functions with
 * rendering traps. After a trap its memory cannot be trusted, so the error leaves the process unfit and the platform replaces it.
 */
export function createPageRenderer(bytes: Uint8Array, source: DocumentSource): PageRenderer {
  let opened: { library: PDFiumLibrary; document: PDFiumDocument } | undefined;

  async function open(): Promise<PDFiumDocument> {
    if (opened === undefined) {
      const library = await PDFiumLibrary.init();
      opened = { library, document: await library.loadDocument(bytes, source.password) };
    }
    return opened.document;
  }

  return {
    objects: async (number) => lookAtPage((await open()).getPage(number - 1)),
    async render(number) {
      const page = (await open()).getPage(number - 1);
      const { originalWidth: pageWidth, originalHeight: pageHeight } = page.getOriginalSize();
      const dpi = dpiWithin(pageWidth, pageHeight, source.limits.pagePixels, number);
      const { data, width, height } = await page.render({
        scale: dpi / POINTS_PER_INCH,
        colorSpace: 'Gray',
        render: async ({ data }) => data,
      });
      return { grey: data, width, height, pageWidth, pageHeight };
    },
    close() {
      opened?.document.destroy();
      opened?.library.destroy();
      opened = undefined;
    },
  };
}

function dpiWithin(width: number, height: number, pagePixels: number, number: number): number {
  const squareInches = (width * height) / POINTS_PER_INCH ** 2;
  const dpi = Math.min(DPI, Math.floor(Math.sqrt(pagePixels / squareInches)));
  if (dpi >= MIN_DPI) return dpi;
  throw new DocumentError(
    'too_many_pixels',
    `Page ${number} is ${Math.round(width)} x ${Math.round(height)} points, too large to be read by OCR; scale it down.`,
  );
}
