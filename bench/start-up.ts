// How long until it is there again, and what does it take while it does nothing?
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { median } from './measure.ts';
import { readMemory } from './program.ts';
import { judge, type Question } from './question.ts';

const STARTS = 5;
const QUICK_STARTS = 2;
const IDLE_MS = 5000;
const DEADLINE_MS = 120_000;
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MEGABYTE = 1024 * 1024;

interface Started {
  seconds: number;
  idleMb: number;
}

export const startUp: Question = {
  name: 'start-up',
  async ask(_server, { quick }) {
    const dataDir = await mkdtemp(join(tmpdir(), 'flow-bench-start-'));
    const started: Started[] = [];
    try {
      await startOnce(dataDir); // makes the data folder
      for (let i = 0; i < (quick ? QUICK_STARTS : STARTS); i++) started.push(await startOnce(dataDir));
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
    const seconds = started.map((one) => one.seconds);
    const idleMb = Math.round(median(started.map((one) => one.idleMb)));
    return {
      title: 'npm start, with a data folder that is there',
      table: [
        ['', 'by start'],
        ['seconds until ready', seconds.map((value) => value.toFixed(2)).join(' ')],
        [`MB after ${IDLE_MS / 1000} s of doing nothing`, started.map((one) => Math.round(one.idleMb)).join(' ')],
      ],
      method:
        'From the start of npm until the line that says where it listens: npm, the embedded PostgreSQL, migrations checked, API and worker. Memory is ' +
        "the platform's own process, resident.",
      caveat: "Not a ratio. PostgreSQL's memory is not in it, nor npm's and that of the keeper of the embedded server.",
      verdicts: [
        judge('npm start until ready, s', median(seconds), { goal: 2, aim: 1, better: 'lower' }),
        judge('idle memory, MB', idleMb, { goal: 250, aim: 200, better: 'lower' }),
      ],
    };
  },
};

async function startOnce(dataDir: string): Promise<Started> {
  const { PATH, HOME, TMPDIR } = process.env;
  const startedAt = performance.now();
  const child = spawn('npm', ['start', '--silent', '--', '--port', '0', '--data', dataDir], {
    cwd: ROOT,
    env: { PATH, HOME, TMPDIR, FLOW_LOG_LEVEL: 'error' },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true, // a group of its own, so that all of it hears its end
  });
  const ended = once(child, 'exit');
  const end = (signal: NodeJS.Signals) => process.kill(-(child.pid ?? 0), signal);
  const timer = setTimeout(() => end('SIGKILL'), DEADLINE_MS);
  try {
    const lines = createInterface({ input: child.stdout });
    const [line] = (await Promise.race([once(lines, 'line'), ended])) as [unknown];
    if (typeof line !== 'string' || JSON.parse(line).event !== 'ready') throw new Error(`npm start did not become ready: ${line}`);
    const seconds = (performance.now() - startedAt) / 1000;
    await sleep(IDLE_MS);
    const idleMb = readMemory(await findServer(child.pid ?? 0)).now / MEGABYTE;
    return { seconds, idleMb };
  } finally {
    if (child.exitCode === null) end('SIGTERM');
    await ended;
    clearTimeout(timer);
  }
}

/** The process of npm's group that runs `flow serve`, not the shells and launchers around it: the largest. */
async function findServer(group: number): Promise<number> {
  const sizes: { pid: number; bytes: number }[] = [];
  for (const name of await readdir('/proc')) {
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // proc(5): state, parent, group
    if (Number(fields[2]) === group) sizes.push({ pid: Number(name), bytes: readMemory(Number(name)).now });
  }
  const flow = [];
  for (const one of sizes) if (/bin\/flow|flow\.mjs/.test(await readFile(`/proc/${one.pid}/cmdline`, 'utf8'))) flow.push(one);
  const [largest] = flow.sort((a, b) => b.bytes - a.bytes);
  if (!largest) throw new Error('npm start runs nothing');
  return largest.pid;
}
