export type { Box, Document, DocumentReader, Page, ReadOptions, Word } from './document.ts';
