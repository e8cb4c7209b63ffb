import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { BenchServer } from './bench-database.ts';
import type { Cost } from './measure.ts';

export interface PeerTask {
  /** `throughput`: callers in a closed loop. `latency`: one execution at a time, with pauses. */
  kind: 'throughput' | 'latency';
  url: string;
  executions: number;
  callers: number;
  steps: number;
}

export interface PeerAnswer {
  /** Per execution. */
  cost?: Cost;
  latenciesMs?: number[];
}

const DEADLINE_MS = 180_000;
const PEER = fileURLToPath(new URL('./peer-dbos.ts', import.meta.url));

/** Runs the peer in a process of its own on an empty database of the server. Throws with its words where it fails, or its rows are not what they must be. */
export async function askDbos(server: BenchServer, task: Omit<PeerTask, 'url'>): Promise<PeerAnswer> {
  const database = await server.createDatabase({ migrated: false });
  try {
    const args = ['--no-deprecation', PEER, JSON.stringify({ ...task, url: database.ownerUrl } satisfies PeerTask)];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: DEADLINE_MS, killSignal: 'SIGKILL' });
    return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as PeerAnswer;
  } finally {
    await database.drop();
  }
}
