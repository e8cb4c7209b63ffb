import type { Box } from '../document.ts';

/** A page that OCR must read. */
export interface PageScan {
  page: number;
  /** Where pictures without text stand on a page that has text: only they are read, beside it. Absent: the whole page. */
  areas?: Box[];
  /** Of the attachment that the page comes from. */
  title?: string;
}
