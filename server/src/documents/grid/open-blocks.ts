import { DocumentError } from '../document-error.ts';
import type { OpenDocument } from '../parser/open-document.ts';
import type { Block } from './block.ts';
import { setPages } from './set-pages.ts';

/** A document that is text and tables alone: its pages are set from its blocks, and none is a picture. */
export const openBlocks = (read: () => Promise<Iterable<Block>> | Iterable<Block>): OpenDocument => ({
  parse: async (emit) => {
    for (const page of setPages(await read())) emit(page);
    return [];
  },
  picture: async () => {
    throw new DocumentError('unreadable_document', 'The document is text and has no pictures to read.');
  },
  close: () => {},
});
