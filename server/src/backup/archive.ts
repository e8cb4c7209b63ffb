/**
 * The folder that backups lie in. A thing is there once its description is: each is written whole, after what it describes.
 *
 *   bases/<id>/manifest.json, manifest.sha256   what the copy holds, each file with its checksum
 *   bases/<id>/postgres/                        the copy of the cluster, without its log
 *   wal/<segment>.gz, wal/<segment>.json        the log, and until when it is complete with it
 *   files/<key>, files.jsonl                    the objects of the file store, once each, and their checksums
 */
import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isSegment } from './segment.ts';

export interface CopiedFile {
  /** Below its folder, with slashes. */
  path: string;
  sizeBytes: number;
  sha256: string;
}

export interface BaseManifest {
  format: 1;
  id: string;
  /** Of the cluster: a copy and the log of another do not go together. */
  systemIdentifier: string;
  serverVersion: string;
  /** UTC to the microsecond. The copy is whole from `finishedAt` on: no earlier instant can be restored from it. */
  startedAt: string;
  finishedAt: string;
  /** The log that makes the copy whole. */
  startSegment: string;
  endSegment: string;
  /** By which the encryption key is known; the key cannot be had from it. */
  keyCheck: string;
  /** Where the files of the platform lay; `copied`: they are in this archive too. */
  fileStore: { location: string; copied: boolean };
  files: CopiedFile[];
}

export interface ShippedSegment {
  segment: string;
  sizeBytes: number;
  /** Of the compressed file. */
  sha256: string;
  /** Every commit until then is in this segment or before it, and every file too; null in the middle of a shipment. */
  through: string | null;
}

export interface Archive {
  folder: string;
  base(id: string): string;
  wal: string;
  files: string;
  fileList: string;
}

export function openArchive(folder: string): Archive {
  const root = resolve(folder);
  return {
    folder: root,
    base: (id) => join(root, 'bases', id),
    wal: join(root, 'wal'),
    files: join(root, 'files'),
    fileList: join(root, 'files.jsonl'),
  };
}

/** Writes a file at once and durably: it is the old one or the new one, whatever ends the process. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}.draft`;
  const handle = await open(draft, 'w', 0o600);
  await handle.writeFile(text).then(() => handle.sync());
  await handle.close();
  await rename(draft, path);
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

export async function writeManifest(archive: Archive, manifest: BaseManifest): Promise<void> {
  const text = `${JSON.stringify(manifest, null, 1)}\n`;
  await mkdir(archive.base(manifest.id), { recursive: true });
  await writeWhole(join(archive.base(manifest.id), 'manifest.sha256'), `${sha256(text)}\n`);
  await writeWhole(join(archive.base(manifest.id), 'manifest.json'), text);
}

export interface ListedBases {
  /** Whole ones, oldest first. */
  bases: BaseManifest[];
  /** A sentence for each whose description cannot be trusted. */
  faults: string[];
}

export async function listBases(archive: Archive): Promise<ListedBases> {
  const bases: BaseManifest[] = [];
  const faults: string[] = [];
  for (const id of (await names(join(archive.folder, 'bases'))).sort()) {
    const text = await readText(join(archive.base(id), 'manifest.json'));
    if (text === undefined) continue; // one that was never finished
    const expected = (await readText(join(archive.base(id), 'manifest.sha256')))?.trim();
    if (expected === sha256(text)) bases.push(JSON.parse(text) as BaseManifest);
    else faults.push(`bases/${id}/manifest.json does not have the checksum that was noted`);
  }
  return { bases, faults };
}

/** Every segment that was shipped, in order of their names. */
export async function listSegments(archive: Archive): Promise<ShippedSegment[]> {
  const described = (await names(archive.wal)).filter((name) => name.endsWith('.json') && isSegment(name.slice(0, -5))).sort();
  const present = new Set(await names(archive.wal));
  const segments: ShippedSegment[] = [];
  for (const name of described.filter((each) => present.has(`${each.slice(0, -5)}.gz`))) {
    segments.push(JSON.parse(await readFile(join(archive.wal, name), 'utf8')) as ShippedSegment);
  }
  return segments;
}

export const names = (folder: string): Promise<string[]> =>
  readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });

export const readText = (path: string): Promise<string | undefined> =>
  readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
