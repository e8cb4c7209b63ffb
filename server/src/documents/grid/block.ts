/** What a document without pages of its own is made of, in order. */
export type Block =
  /** A paragraph, heading or list item. */
  | { kind: 'line'; text: string }
  /** White space between paragraphs. */
  | { kind: 'gap' }
  | { kind: 'table'; rows: string[][] }
  /** A new page begins. */
  | { kind: 'page'; title?: string };
