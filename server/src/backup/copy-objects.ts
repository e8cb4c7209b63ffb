import { appendFile, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Archive, type CopiedFile, readText } from './archive.ts';
import { copyFile } from './copy-file.ts';

/** An object of the file store as the archive has it. */
export interface CopiedObject extends CopiedFile {
  mtimeMs: number;
  copiedAt: string;
}

/** A folder that changed just now may have changed again within the same tick of the file system's clock. */
const SETTLED_MS = 2_000;

/** The list's lines; one that a crash cut off is left out, and its object copied again. */
export async function listObjects(archive: Archive): Promise<Map<string, CopiedObject>> {
  const objects = new Map<string, CopiedObject>();
  for (const line of ((await readText(archive.fileList)) ?? '').split('\n')) {
    const object = parseLine(line);
    if (object) objects.set(object.path, object);
  }
  return objects;
}

function parseLine(line: string): CopiedObject | undefined {
  try {
    return line === '' ? undefined : (JSON.parse(line) as CopiedObject);
  } catch {
    return undefined;
  }
}

/**
 * Brings the archive's copies up to date with a store that is a folder. A row of the database names an object only once that lies in the store, so
 * objects that are copied after the log was cut are all that the log can name. What the store deletes later stays in the archive.
 */
export function createObjectCopier(archive: Archive, store: string): (signal?: AbortSignal) => Promise<number> {
  const unchanged = new Map<string, number>(); // folders whose objects are all copied, and when each was changed last
  let objects: Map<string, CopiedObject> | undefined;

  const copyFolder = async (folder: string, signal?: AbortSignal): Promise<number> => {
    const { mtimeMs } = await stat(join(store, folder));
    const isKnown = unchanged.get(folder) === mtimeMs;
    let copied = 0;
    for (const entry of await readdir(join(store, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.name.startsWith('.')) continue; // what is being received
      if (entry.isDirectory()) copied += await copyFolder(path, signal);
      else if (entry.isFile() && !isKnown && (await copyObject(path, signal))) copied++;
    }
    if (Date.now() - mtimeMs > SETTLED_MS) unchanged.set(folder, mtimeMs);
    return copied;
  };

  const copyObject = async (path: string, signal?: AbortSignal): Promise<boolean> => {
    try {
      const { mtimeMs, size } = await stat(join(store, path));
      const known = objects?.get(path);
      if (known?.mtimeMs === mtimeMs && known.sizeBytes === size) return false;
      const made = await copyFile(join(store, path), join(archive.files, path), { isDurable: true, signal });
      const object: CopiedObject = { path, ...made, mtimeMs, copiedAt: new Date().toISOString() };
      await appendFile(archive.fileList, `${JSON.stringify(object)}\n`, { mode: 0o600, flush: true });
      objects?.set(path, object);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false; // deleted meanwhile
      throw error;
    }
  };

  return async (signal) => {
    await mkdir(archive.folder, { recursive: true });
    objects ??= await listObjects(archive);
    return copyFolder('', signal).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return 0; // no file was ever stored
      throw error;
    });
  };
}
