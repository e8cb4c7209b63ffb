// Documents become pages with words, boxes and a quality. Every parser runs in a process of its own, bounded in memory, time, pages and
// pixels: a hostile file ends that process and gives a `DocumentError`, never more. The folder knows no tenant and no database, and it
// never reaches for a network: the OCR models come with the installation.
export { createDocumentReader, type DocumentReaderOptions } from './create-document-reader.ts';
export type { Box, Document, DocumentReader, Page, ReadOptions, Table, TableCell, Word } from './document.ts';
export { DOCUMENT_ERROR_CODES, DocumentError, type DocumentErrorCode } from './document-error.ts';
export { DEFAULT_LIMITS, type DocumentLimits } from './limits.ts';
