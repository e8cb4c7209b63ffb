// What a piece of work costs: its time, the CPU of this process and of PostgreSQL, and the log that PostgreSQL writes for it.
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';

/** Per task, but for the seconds of the whole. CPU is absent where the system has no /proc. */
export interface Cost {
  seconds: number;
  perSecond: number;
  /** Of this process, which loads, and of the programs that work. */
  nodeMicros: number;
  postgresMicros: number | undefined;
  walBytes: number;
}

const TICKS_PER_SECOND = 100; // USER_HZ: the unit of /proc on every Linux

/**
 * Runs the work and divides what it cost by `count`. `observer` is a connection of its own to the server that works; it does nothing meanwhile.
 * `programs` are processes beside this one whose CPU counts as Node's. Sums of CPU above what the cores can give mean that something else ran:
 * that is why they are printed.
 */
export async function measure(
  observer: Client,
  count: number,
  work: () => Promise<void>,
  programs: readonly { pid: number }[] = [],
): Promise<Cost> {
  const postmaster = await postmasterOf(observer);
  const before = await readCounters(observer, postmaster, programs);
  await work();
  const seconds = (performance.now() - before.at) / 1000;
  const after = await readCounters(observer, postmaster, programs);
  const postgres = before.postgresSeconds === undefined ? undefined : (after.postgresSeconds ?? 0) - before.postgresSeconds;
  return {
    seconds,
    perSecond: count / seconds,
    nodeMicros: (after.nodeMicros - before.nodeMicros) / count,
    postgresMicros: postgres === undefined ? undefined : (postgres * 1e6) / count,
    walBytes: (after.walBytes - before.walBytes) / count,
  };
}

interface Counters {
  walBytes: number;
  postgresSeconds: number | undefined;
  nodeMicros: number;
  at: number;
}

async function readCounters(observer: Client, postmaster: number | undefined, programs: readonly { pid: number }[]): Promise<Counters> {
  const { rows } = await observer.query<{ wal: string }>(`select (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::text as wal`);
  const { user, system } = process.cpuUsage();
  const programMicros = programs.reduce((sum, { pid }) => sum + (readProcess(pid)?.seconds ?? 0) * 1e6, 0);
  return {
    walBytes: Number(rows[0]?.wal),
    postgresSeconds: postmaster === undefined ? undefined : cpuSecondsBelow(postmaster),
    nodeMicros: user + system + programMicros,
    at: performance.now(),
  };
}

interface Process {
  parent: number;
  /** CPU of its own and of the children that it has buried, in seconds. */
  seconds: number;
}

/** The postmaster is the parent of the process that serves a connection. */
async function postmasterOf(client: Client): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return readProcess(rows[0]?.pid ?? 0)?.parent;
}

function readProcess(pid: number): Process | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // after the name, which may hold blanks; proc(5) counts from here
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return { parent: Number(fields[1]), seconds: ticks / TICKS_PER_SECOND };
  } catch {
    return undefined;
  }
}

/** CPU of the postmaster, of those that it has started, and of those that have ended since. */
function cpuSecondsBelow(postmaster: number): number {
  const processes = readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0)
    .map((pid) => ({ pid, found: readProcess(pid) }));
  return processes.reduce(
    (sum, { pid, found }) => (found && (pid === postmaster || found.parent === postmaster) ? sum + found.seconds : sum),
    0,
  );
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** The value below which the part `p` of all lies. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? Number.NaN;
}

/** Median over the rounds of one value against another of the same round: what both shared in a round falls out. */
export function medianRatio(values: readonly number[], base: readonly number[]): number {
  return median(values.map((value, round) => value / (base[round] ?? Number.NaN)));
}

/** Runs before those that are timed. */
export const WARM_UP = 20;

/** Times one run after the other, with pauses of 3 to 9 ms so that no rhythm of a timer is met each time; `isRestless` leaves them out. */
export async function timeEach(
  samples: number,
  work: () => Promise<unknown>,
  { isRestless = false, warmUp = WARM_UP } = {},
): Promise<number[]> {
  const latencies: number[] = [];
  for (let i = 0; i < samples + warmUp; i++) {
    const startedAt = performance.now();
    await work();
    if (i >= warmUp) latencies.push(performance.now() - startedAt);
    if (!isRestless) await sleep(3 + (i % 7));
  }
  return latencies;
}
