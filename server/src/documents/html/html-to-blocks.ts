import { Parser } from 'htmlparser2';
import { DocumentError } from '../document-error.ts';
import type { Block } from '../grid/block.ts';
import { createFlow, type Flow } from './flow.ts';
import { createTable, type OpenTable } from './open-table.ts';

/** Elements within elements. Pages that people read have fewer than a hundred. */
const MAX_DEPTH = 2_000;
/** Tables within tables; what is deeper flows as text. */
const MAX_TABLE_DEPTH = 8;

/** What no reader sees, or sees as a picture. */
const UNSEEN = new Set(['script', 'style', 'head', 'template', 'noscript', 'iframe', 'object', 'svg', 'math', 'select', 'audio', 'video']);
const BLOCKS = new Set(
  'address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure footer form header html legend li main nav ol pre section summary ul'.split(
    ' ',
  ),
);
const SPACED = new Set(['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr']);
const HIDDEN_STYLE = /(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)/i;

export interface HtmlOptions {
  /** Whether a paragraph has white space around it, as in a browser; Word documents say it by empty paragraphs. */
  paragraphGaps: boolean;
}

/**
 * What a reader sees of a page of HTML, as text and tables, in order: blocks are lines, list items have their mark, tables are rows of cells.
 * A table that only arranges the page (one column, or tables in its cells) is read as text. Throws `unreadable_document` for a page too deep.
 */
export function htmlToBlocks(html: string, options: HtmlOptions): Block[] {
  const reader = new HtmlReader(options);
  const parser = new Parser(
    {
      onopentag: (name, attributes) => reader.open(name, attributes),
      ontext: (text) => reader.text(text),
      onclosetag: (name) => reader.close(name),
    },
    { lowerCaseAttributeNames: true },
  );
  parser.end(html);
  return reader.end();
}

class HtmlReader {
  readonly #options: HtmlOptions;
  readonly #root: Flow = createFlow();
  readonly #tables: OpenTable[] = [];
  readonly #lists: number[] = [];
  #flow: Flow = this.#root;
  #depth = 0;
  /** The depth at which what is not seen began. */
  #unseenFrom: number | undefined;
  /** Tables so deep that they are read as text. */
  #flatTables = 0;

  constructor(options: HtmlOptions) {
    this.#options = options;
  }

  open(name: string, attributes: Record<string, string>): void {
    if (++this.#depth > MAX_DEPTH) throw tooDeep();
    if (this.#unseenFrom !== undefined) return;
    if (UNSEEN.has(name) || 'hidden' in attributes || HIDDEN_STYLE.test(attributes['style'] ?? '')) this.#unseenFrom = this.#depth;
    else this.#openSeen(name, attributes);
  }

  close(name: string): void {
    this.#depth--;
    if (this.#unseenFrom !== undefined) {
      if (this.#depth < this.#unseenFrom) this.#unseenFrom = undefined;
      return;
    }
    this.#closeSeen(name);
  }

  text(text: string): void {
    if (this.#unseenFrom === undefined) this.#flow.text(text);
  }

  end(): Block[] {
    while (this.#tables.length > 0) this.#closeTable();
    return this.#root.end();
  }

  #openSeen(name: string, attributes: Record<string, string>): void {
    if (name === 'table') this.#openTable();
    else if (name === 'tr') this.#inTable((table) => table.openRow());
    else if (name === 'td' || name === 'th') this.#openCell(attributes);
    else if (name === 'br') this.#flow.breakLine();
    else if (name === 'img') this.#flow.text(` ${attributes['alt'] ?? ''} `);
    else if (name === 'ul' || name === 'ol') this.#lists.push(name === 'ol' ? 1 : 0);
    else if (name === 'pre') this.#flow.keepLines(true);
    this.#edge(name);
    if (name === 'li') this.#flow.text(`${this.#mark()} `);
  }

  #closeSeen(name: string): void {
    if (name === 'table') this.#closeTable();
    else if (name === 'td' || name === 'th') this.#inTable((table) => this.#leaveCell(table));
    else if (name === 'ul' || name === 'ol') this.#lists.pop();
    else if (name === 'pre') this.#flow.keepLines(false);
    if (name === 'p' && !this.#options.paragraphGaps) this.#flow.breakLine();
    else this.#edge(name);
  }

  /** What the beginning or the end of an element does to the text around it. */
  #edge(name: string): void {
    if (SPACED.has(name) || (name === 'p' && this.#options.paragraphGaps)) this.#flow.gap();
    else if (BLOCKS.has(name) || name === 'p') this.#flow.endLine();
  }

  #mark(): string {
    const number = this.#lists.at(-1);
    if (!number) return '-';
    this.#lists[this.#lists.length - 1] = number + 1;
    return `${number}.`;
  }

  #inTable(work: (table: OpenTable) => void): void {
    const table = this.#tables.at(-1);
    if (table !== undefined && this.#flatTables === 0) work(table);
    else this.#flow.endLine();
  }

  #openTable(): void {
    if (this.#flatTables > 0 || this.#tables.length === MAX_TABLE_DEPTH) {
      this.#flatTables++;
      return;
    }
    this.#flow.endLine();
    this.#tables.push(createTable(this.#flow));
  }

  #openCell(attributes: Record<string, string>): void {
    this.#inTable((table) => {
      this.#leaveCell(table);
      this.#flow = table.openCell(spanOf(attributes['colspan']), spanOf(attributes['rowspan']));
    });
  }

  #leaveCell(table: OpenTable): void {
    table.closeCell();
    this.#flow = table.around;
  }

  #closeTable(): void {
    if (this.#flatTables > 0) {
      this.#flatTables--;
      return;
    }
    const table = this.#tables.pop();
    if (table === undefined) return;
    this.#leaveCell(table);
    for (const block of table.end()) this.#flow.add(block);
  }
}

const spanOf = (text: string | undefined): number => Math.min(100, Math.max(1, Number.parseInt(text ?? '1', 10) || 1));

const tooDeep = () =>
  new DocumentError(
    'unreadable_document',
    `The document has more than ${MAX_DEPTH} elements within one another; save it in a simpler form.`,
  );
