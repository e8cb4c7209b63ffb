import type { Page } from './document.ts';
import { DocumentError } from './document-error.ts';
import type { PageScan } from './parser/page-scan.ts';

/** Quality of a text layer from which on it can do without OCR. */
const LEGIBLE = 0.8;

/** A page that has text of its own is looked at by OCR only while the limit allows; the others must be. Throws `too_many_pages`. */
export function chooseScans(scans: PageScan[], pages: Map<number, Page>, limit: number): PageScan[] {
  const hasText = ({ page }: PageScan): boolean => (pages.get(page)?.words.length ?? 0) > 0 && (pages.get(page)?.quality ?? 0) >= LEGIBLE;
  const needed = scans.filter((scan) => !hasText(scan));
  if (needed.length > limit) throw tooManyScans(needed.length, limit);
  return [...needed, ...scans.filter(hasText)].slice(0, limit);
}

/** The page as it is answered, of its text layer, if it has one, and of what OCR read. */
export function joinScan(textLayer: Page | undefined, scanned: Page, scan: PageScan): Page {
  const titled = scan.title === undefined ? scanned : { ...scanned, title: scan.title };
  return scan.areas === undefined || textLayer === undefined ? preferredPage(textLayer, titled) : mixedPage(textLayer, titled);
}

/** A page whose text layer is sparse or garbled is read by OCR too: the one with more text that can be trusted is kept. */
function preferredPage(textLayer: Page | undefined, scanned: Page): Page {
  if (textLayer === undefined || textLayer.words.length === 0)
    return { ...scanned, width: textLayer?.width ?? scanned.width, height: textLayer?.height ?? scanned.height };
  const worth = (page: Page): number => page.text.length * page.quality;
  return worth(scanned) > worth(textLayer) ? scanned : textLayer;
}

/** The words of the text layer, and behind them those of the pictures. */
function mixedPage(textLayer: Page, scanned: Page): Page {
  if (scanned.words.length === 0) return textLayer;
  return {
    ...textLayer,
    text: `${textLayer.text}\n\n${scanned.text}`,
    quality: Math.min(textLayer.quality, scanned.quality),
    source: 'mixed',
    words: [...textLayer.words, ...scanned.words],
  };
}

const tooManyScans = (count: number, limit: number) =>
  new DocumentError(
    'too_many_pages',
    `The document has ${count} pages without text; at most ${limit} are read by OCR. Split it, or give it a text layer.`,
  );
