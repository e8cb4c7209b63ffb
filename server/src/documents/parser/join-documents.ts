import { DocumentError } from '../document-error.ts';
import type { OpenDocument } from './open-document.ts';
import type { PageScan } from './page-scan.ts';

/** A document within another one, and what its pages are titled. */
export type Part = OpenDocument & { title?: string };

interface Placed {
  part: Part;
  /** Pages before its first. */
  before: number;
  pageCount: number;
}

/** One document of several, their pages counted through. */
export function joinDocuments(parts: readonly Part[]): OpenDocument {
  let placed: Placed[] | undefined;

  async function parse(emit: Parameters<OpenDocument['parse']>[0]): Promise<PageScan[]> {
    const read: Placed[] = [];
    const scans: PageScan[] = [];
    let before = 0;
    for (const part of parts) {
      let last = 0;
      const own = await part.parse((page) => {
        last = Math.max(last, page.number);
        const title = page.title ?? part.title;
        emit({ ...page, number: before + page.number, ...(title === undefined ? {} : { title }) });
      });
      const pageCount = Math.max(last, ...own.map((scan) => scan.page));
      scans.push(...own.map((scan) => ({ ...scan, page: before + scan.page, ...titleOf(scan.title ?? part.title) })));
      read.push({ part, before, pageCount });
      before += pageCount;
    }
    placed = read;
    return scans;
  }

  return {
    parse,
    async picture(page) {
      if (placed === undefined) await parse(() => {}); // another process has read the text, and told only the page
      const found = placed?.find((each) => page > each.before && page <= each.before + each.pageCount);
      if (found === undefined) throw new DocumentError('unreadable_document', `The document has no page ${page}.`);
      return found.part.picture(page - found.before);
    },
    close: () => {
      for (const part of parts) part.close();
    },
  };
}

const titleOf = (title: string | undefined) => (title === undefined ? {} : { title });
