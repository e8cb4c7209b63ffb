import { access, constants, mkdir, stat, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { join } from 'node:path';
import { type Config, createSafeFetch } from '#base';
import { type Finding, findingOf } from './finding.ts';

const MIN_FREE_DISK_GB = 1; // a data folder below this fails in the middle of a run
const MIN_MEMORY_GB = 1; // OCR and PostgreSQL together
const SECRETS = ['encryption-key', 'postgres.json']; // of the data folder
const ASK_MS = 3_000;
const GB = 2 ** 30;

export function checkNode(): Finding {
  const ok = Number(process.versions.node.split('.')[0]) >= 24;
  return { what: 'Node.js', ok, says: `${process.version} on ${process.platform} ${process.arch}, ${availableParallelism()} cores` };
}

export function checkMemory(): Finding {
  const gb = (bytes: number) => `${(bytes / GB).toFixed(1)} GB`;
  return { what: 'Memory', ok: totalmem() >= MIN_MEMORY_GB * GB, says: `${gb(freemem())} of ${gb(totalmem())} free` };
}

/** That it can be written, has room, and shows its secrets to nobody else. */
export async function checkDataFolder(dataDir: string): Promise<Finding> {
  try {
    await mkdir(dataDir, { recursive: true });
    await access(dataDir, constants.W_OK);
    const { bavail, bsize } = await statfs(dataDir);
    const freeGb = (bavail * bsize) / GB;
    const open = process.platform === 'win32' ? [] : await findOpen(dataDir);
    const faults = [
      ...roomFault(dataDir, freeGb),
      ...open.map((path) => `${path} may be read by others of this machine: chmod 600 ${path}`),
    ];
    return findingOf('Data folder', faults, `${dataDir}, ${freeGb.toFixed(1)} GB free`);
  } catch (error) {
    return { what: 'Data folder', ok: false, says: `${dataDir}: ${error instanceof Error ? error.message : String(error)}` };
  }
}

export const roomFault = (folder: string, freeGb: number): string[] =>
  freeGb >= MIN_FREE_DISK_GB
    ? []
    : [`${folder} has ${freeGb.toFixed(1)} GB free: make room, or let retention delete sooner (settings.ttl of a flow)`];

async function findOpen(dataDir: string): Promise<string[]> {
  const open: string[] = [];
  for (const name of SECRETS) {
    const found = await stat(join(dataDir, name)).catch(() => undefined);
    if (found && (found.mode & 0o077) !== 0) open.push(join(dataDir, name));
  }
  return open;
}

/** That the API can listen where it is to, or does so already. */
export async function checkPort({ host, port }: Pick<Config, 'host' | 'port'>): Promise<Finding> {
  const what = 'Port';
  const code = await tryListen(host, port);
  if (code === undefined) return { what, ok: true, says: port === 0 ? 'a free one is taken' : `${port} of ${host} is free` };
  if (code === 'EADDRINUSE' && (await isPlatform(host, port))) return { what, ok: true, says: `a platform serves at ${port} of ${host}` };
  const why =
    code === 'EADDRINUSE' ? 'is taken by another program' : code === 'EACCES' ? 'is for root alone' : `cannot be listened on (${code})`;
  return { what, ok: false, says: `${port} of ${host} ${why}: choose another by FLOW_PORT or --port` };
}

function tryListen(host: string, port: number): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const server = createServer();
  server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  server.listen({ host, port }, () => server.close(() => resolve(undefined)));
  return promise;
}

async function isPlatform(host: string, port: number): Promise<boolean> {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  const origin = `http://${name}:${port}`;
  const way = createSafeFetch({ allowOrigins: [origin], timeoutMs: ASK_MS });
  try {
    return (await way.fetch(`${origin}/health/live`)).ok;
  } catch {
    return false;
  } finally {
    await way.close();
  }
}
