// Programs that are measured from outside: the platform in processes of its own, and what the system says of their memory.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { BenchDatabase } from './bench-database.ts';

export interface Program {
  pid: number;
  /** Where its API is reached; empty for one without. */
  url: string;
  /** Resident memory. */
  memory(): { now: number; peak: number };
  /** Asks it to end and waits. Throws where it ended with an error. */
  close(): Promise<void>;
}

export interface ProgramOptions {
  /** Default: this Node. */
  command?: string;
  args: readonly string[];
  env: Record<string, string>;
  /** It says nothing when it is ready: whoever starts it finds out. */
  isSilent?: boolean;
}

const READY_MS = 120_000;
const CLOSE_MS = 30_000;
const SERVE = fileURLToPath(new URL('./serve.ts', import.meta.url));
const RATE_LIMIT = '1000000'; // load is to meet the platform, not its politeness

/** `flow serve` and `flow worker` print one line of JSON. */
const isReadyLine = (line: string): { url?: string } | undefined => {
  if (!line.startsWith('{')) return undefined;
  const said = JSON.parse(line) as { event?: string; url?: string };
  return said.event === 'ready' ? said : undefined;
};

/** Starts a program and waits until it says, in a line of JSON, that it is ready. Throws with its words where it ends before. */
export async function startProgram({ command = process.execPath, args, env, isSilent = false }: ProgramOptions): Promise<Program> {
  const { PATH, HOME, TMPDIR } = process.env;
  const child = spawn(command, [...args], { env: { PATH, HOME, TMPDIR, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-4000);
  });
  const ended = once(child, 'exit');
  const { url = '' } = isSilent ? {} : await readyLine(child, () => said);
  const pid = child.pid ?? 0;
  return {
    pid,
    url,
    memory: () => readMemory(pid),
    async close() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), CLOSE_MS);
      const [code, signal] = (await ended) as [number | null, string | null];
      clearTimeout(timer);
      if (code !== 0 && signal !== 'SIGTERM') throw new Error(`${[command, ...args].join(' ')} ended with ${code ?? signal}: ${said}`);
    },
  };
}

function readyLine(child: ChildProcess, said: () => string): Promise<{ url?: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ url?: string }>();
  const fail = (why: string) => {
    child.kill('SIGKILL');
    reject(new Error(`${child.spawnargs.join(' ')} ${why}: ${said()}`));
  };
  const timer = setTimeout(() => fail(`was not ready within ${READY_MS / 1000} s`), READY_MS);
  const onExit = (code: number | null) => fail(`ended with ${code} before it was ready`);
  child.once('exit', onExit);
  child.once('error', reject);
  if (child.stdout) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const ready = isReadyLine(line);
      if (ready) resolve(ready);
    });
  }
  return promise.finally(() => {
    clearTimeout(timer);
    child.off('exit', onExit);
  });
}

/** In bytes, as Linux counts them; throws elsewhere. */
export function readMemory(pid: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const read = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1024;
  return { now: read('VmRSS'), peak: read('VmHWM') };
}

/** A port of loopback that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The settings under which a process of the platform works on this database. */
export const platformSettings = (database: BenchDatabase, dataDir: string, loops: number): Record<string, string> => ({
  DATABASE_URL: database.ownerUrl,
  FLOW_ENCRYPTION_KEY: database.encryptionKey.toString('hex'),
  FLOW_DATA_DIR: dataDir,
  FLOW_WORKERS: String(loops),
  FLOW_RATE_LIMIT: RATE_LIMIT,
  FLOW_LOG_LEVEL: 'warn',
});

export interface PlatformOptions {
  role?: 'both' | 'api' | 'worker';
  loops?: number;
  /** Another process of the same installation, which is closed later: files lie in its folder. */
  filesOf?: Platform;
}

export interface Platform extends Program {
  dataDir: string;
}

/**
 * The platform on this database in a process of its own, with the bench's executors: API and worker, or one of them. Its files lie in a folder
 * that goes with it.
 */
export async function startPlatform(
  database: BenchDatabase,
  { role = 'both', loops = availableParallelism(), filesOf }: PlatformOptions = {},
): Promise<Platform> {
  const dataDir = filesOf?.dataDir ?? (await mkdtemp(join(tmpdir(), 'flow-bench-data-')));
  const remove = async () => {
    if (!filesOf) await rm(dataDir, { recursive: true, force: true });
  };
  try {
    const env = platformSettings(database, dataDir, role === 'api' ? 0 : loops);
    const program = await startProgram({ args: [SERVE, ...(role === 'worker' ? ['worker'] : [])], env });
    return { ...program, dataDir, close: () => program.close().finally(remove) };
  } catch (error) {
    await remove();
    throw error;
  }
}
