// Runs one test file on a copy of the product that lacks a defence. The copy is whole, so that child processes, SQL files and migrations lack it too.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { childEnvironment } from '#base';
import { SWITCHES, type Switch } from './switches.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const LINKED = ['node_modules', 'sdk', 'docs', 'examples', 'package.json', 'vitest.config.ts', 'tsconfig.json', 'README.md'];
const DEADLINE_MS = 300_000; // of one test file, on a busy machine

export interface Detection {
  saboteur: string;
  /** Tests of the file that failed; none: nobody misses the defence. */
  failed: string[];
  /** What was printed, where the file did not even run. */
  output: string;
}

/** Whose server the file's databases are made on, with the key that its roles have their passwords from. */
export interface SharedServer {
  ownerUrl: string;
  encryptionKey: string;
}

/** Without a `server` the file starts one of its own. */
export async function runSaboteur(name: string, options: { server?: SharedServer; signal?: AbortSignal } = {}): Promise<Detection> {
  const { edits, caughtBy } = SWITCHES[name] as Switch;
  const folder = await mkdtemp(join(tmpdir(), `flow-without-${name}-`));
  try {
    await copyWithout(folder, edits);
    const report = join(folder, 'report.json');
    const output = await runTests(folder, caughtBy, report, options);
    const { failed, said } = await readReport(report);
    return { saboteur: name, failed, output: `${output}\n${said}` };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function copyWithout(folder: string, edits: Switch['edits']): Promise<void> {
  await cp(join(ROOT, 'server'), join(folder, 'server'), { recursive: true });
  await Promise.all(LINKED.map((name) => symlink(join(ROOT, name), join(folder, name))));
  for (const [path, from, to] of edits) {
    const file = join(folder, 'server', path);
    await writeFile(file, without(await readFile(file, 'utf8'), path, from, to));
  }
}

/** Throws where the text is not there: a defence that has moved must be found again. */
export function without(text: string, path: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`${path} has nothing to remove: ${from}`);
  return text.replaceAll(from, () => to);
}

async function runTests(
  folder: string,
  file: string,
  report: string,
  { server, signal = AbortSignal.timeout(DEADLINE_MS) }: { server?: SharedServer; signal?: AbortSignal },
): Promise<string> {
  const project = file.startsWith('src/') ? 'unit' : 'platform';
  const vitest = resolve(dirname(fileURLToPath(import.meta.resolve('vitest'))), '../vitest.mjs');
  const options = ['run', '--root', folder, '--project', project, '--reporter', 'json', '--outputFile', report, '--bail', '1'];
  const child = spawn(process.execPath, [vitest, ...options, join('server', file)], {
    cwd: folder,
    env: { ...childEnvironment(), ...(server && { TEST_DATABASE_URL: server.ownerUrl, TEST_ENCRYPTION_KEY: server.encryptionKey }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const end = () => child.kill('SIGTERM');
  signal.addEventListener('abort', end, { once: true });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(child, 'close');
  signal.removeEventListener('abort', end);
  return Buffer.concat(chunks).toString('utf8').slice(-2_000);
}

interface Report {
  testResults: { message: string; assertionResults: { status: string; fullName: string }[] }[];
}

/** Tests that failed; what a file says that did not get so far is no proof of anything. */
async function readReport(report: string): Promise<{ failed: string[]; said: string }> {
  const text = await readFile(report, 'utf8').catch(() => undefined);
  if (text === undefined) return { failed: [], said: '' };
  const { testResults } = JSON.parse(text) as Report;
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const said = [...testResults.map(({ message }) => message), `${tests.filter(({ status }) => status === 'passed').length} passed`];
  return { failed: tests.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName), said: said.join('\n') };
}
