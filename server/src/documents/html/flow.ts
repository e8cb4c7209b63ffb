import type { Block } from '../grid/block.ts';

/** Text as it flows into lines: what stands in a page or in a cell. */
export interface Flow {
  text(text: string): void;
  /** Ends the line, and is an empty one if there is none. */
  breakLine(): void;
  /** Ends the line, if there is one. */
  endLine(): void;
  /** Ends the line, and leaves white space. */
  gap(): void;
  add(block: Block): void;
  /** Whether line feeds count, as in preformatted text. */
  keepLines(keep: boolean): void;
  /** What has flowed in; the flow is then as new. */
  end(): Block[];
}

export function createFlow(): Flow {
  let blocks: Block[] = [];
  let line = '';
  let isPreformatted = false;

  function endLine(): boolean {
    const text = line.trim();
    line = '';
    if (text === '') return false;
    blocks.push({ kind: 'line', text });
    return true;
  }

  function gap(): void {
    endLine();
    if (blocks.length > 0 && blocks.at(-1)?.kind !== 'gap') blocks.push({ kind: 'gap' });
  }

  return {
    text(text) {
      if (!isPreformatted) {
        line += text.replace(/\s+/g, ' ');
        return;
      }
      const [first = '', ...others] = text.split('\n');
      line += first;
      for (const other of others) {
        if (!endLine()) gap();
        line = other;
      }
    },
    breakLine() {
      if (!endLine()) gap();
    },
    endLine: () => void endLine(),
    gap,
    add(block) {
      endLine();
      blocks.push(block);
    },
    keepLines(keep) {
      isPreformatted = keep;
    },
    end() {
      endLine();
      const ended = blocks;
      blocks = [];
      return ended;
    },
  };
}
