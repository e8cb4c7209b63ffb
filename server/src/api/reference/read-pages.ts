import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { DocumentPage } from './llms-index.ts';

const DOCS = fileURLToPath(new URL('../../../../docs/', import.meta.url));
/** In this order; what only contributors need (decisions) is not served. */
const FOLDERS = ['guides/', 'reference/', 'reference/executors/'];

export interface ReadPage extends DocumentPage {
  text: string;
}

/** The documentation as it lies beside the code, guides first. A page that is not listed here cannot be asked for. */
export async function readPages(folder: string = DOCS): Promise<ReadPage[]> {
  const pages: ReadPage[] = [];
  for (const below of FOLDERS) {
    const names = await readdir(folder + below).catch(() => []); // an installation without its docs serves none
    for (const name of names.filter((file) => file.endsWith('.md')).sort()) {
      const text = await readFile(folder + below + name, 'utf8');
      pages.push({ path: below + name, title: titleOf(text) ?? name, text });
    }
  }
  return pages;
}

const titleOf = (text: string): string | undefined => /^# (.+)$/m.exec(text)?.[1]?.replaceAll('`', '');
