import { readdir, readFile } from 'node:fs/promises';
import { DocumentError } from '../document-error.ts';

/** The code with which a document is refused, or `read`. */
export const codeOf = (reading: Promise<unknown>): Promise<string> =>
  reading.then(
    () => 'read',
    (error: unknown) => (error instanceof DocumentError ? error.code : `not a DocumentError: ${error}`),
  );

/** Parser processes whose parent is the process given, from /proc; none where there is no /proc. */
export async function parsersOf(parent: number): Promise<number[]> {
  const entries = await readdir('/proc').catch(() => []);
  const found = await Promise.all(
    entries.filter((name) => /^\d+$/.test(name)).map(async (name) => ((await isParserOf(name, parent)) ? [Number(name)] : [])),
  );
  return found.flat();
}

async function isParserOf(pid: string, parent: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const [state, parentId] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(parentId) === parent && state !== 'Z' && (await isParser(Number(pid)));
}

/** Whether the process lives and is a parser. */
export const isParser = (pid: number): Promise<boolean> =>
  readFile(`/proc/${pid}/cmdline`, 'utf8').then(
    (command) => command.includes('parser/main.ts'),
    () => false,
  );
