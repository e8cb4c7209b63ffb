// Peers that are too large for the bench's own package: each is installed into a folder of its own when it is asked, and left there for the next time.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const INSTALL_MS = 900_000;
const READY_MS = 180_000;
const FOLDER = fileURLToPath(new URL('./.peers', import.meta.url));

/** Installs packages at exact versions, without their scripts, and answers the folder that holds node_modules. Throws with npm's words. */
export async function installPeer(name: string, packages: readonly string[]): Promise<string> {
  const folder = join(FOLDER, name);
  const mark = join(folder, 'installed');
  if (existsSync(mark)) return folder;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--save-exact', ...packages];
  await promisify(execFile)('npm', args, { cwd: folder, timeout: INSTALL_MS, maxBuffer: 64 * 1024 * 1024 });
  await writeFile(mark, packages.join('\n'));
  return folder;
}

/** Waits until something answers there with success. */
export async function untilAnswered(url: string, init?: RequestInit): Promise<void> {
  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline) {
    const response = await fetch(url, init).catch(() => undefined);
    if (response?.ok) return;
    await sleep(200);
  }
  throw new Error(`${url} did not answer within ${READY_MS / 1000} s`);
}
