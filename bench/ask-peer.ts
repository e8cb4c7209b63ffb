import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { BenchServer } from './bench-database.ts';
import type { Cost } from './measure.ts';

export interface PeerTask {
  /** `throughput`: callers in a closed loop. `latency`: one execution at a time, with pauses; of DBOS only. */
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

const DEADLINE_MS = 300_000;

/** Runs the peer in a process of its own on an empty database of the server. Throws with its words where it fails, or its rows are not what they must be. */
export async function askPeer(
  server: BenchServer,
  peer: 'dbos' | 'openworkflow' | 'pg-boss',
  task: Omit<PeerTask, 'url'>,
): Promise<PeerAnswer> {
  const database = await server.createDatabase({ migrated: false });
  try {
    const program = fileURLToPath(new URL(`./peer-${peer}.ts`, import.meta.url));
    const args = ['--no-deprecation', program, JSON.stringify({ ...task, url: database.ownerUrl } satisfies PeerTask)];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: DEADLINE_MS, killSignal: 'SIGKILL' });
    return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as PeerAnswer;
  } finally {
    await database.drop();
  }
}
