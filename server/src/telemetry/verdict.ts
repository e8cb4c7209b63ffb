import type { Id } from '#base';
import { type PlatformState, RECENT_MS } from './platform-state.ts';
import type { Backlog } from './state.queries.ts';

/** Ready work that waits for longer, while nobody claims anything, does not flow. A dead worker's work comes back within 11 s; this is three times that. */
const STALLED_S = 30;
/** Work that waits for longer although others' work flows: too few workers, or none for its executor. */
const LONG_S = 15 * 60;
/** Of the runs that ended of late; fewer than so many say nothing. */
const FAILING_SHARE = 0.5;
const FEWEST_RUNS = 10;
/** A timer that is due is woken within half a second where anyone ticks. */
const OVERDUE_S = 30;
/** The channel's own hints come back within milliseconds. */
const UNHEARD_S = 10;

export interface Verdict {
  /** `failing`: nothing moves. `degraded`: somebody should look. */
  verdict: 'healthy' | 'degraded' | 'failing';
  flowing: { ok: boolean; ready: number; workers_alive: number; seconds_since_claim: number | null };
  succeeding: { ok: boolean; window_seconds: number; completed: number; failed: number; failed_share: number };
  oldest_waiting: { ok: boolean; ready_seconds: number; queued_seconds: number };
  silent: { what: 'worker' | 'timers' | 'listener' | 'database'; seconds: number; says: string }[];
  read_at: string;
}

export interface VerdictOptions {
  /** Whose eyes: then figures of runs and tasks are that organization's, and no host is named. */
  viewer?: Id | undefined;
  /** For how long this process has not heard what it has said itself on the database's channel. */
  unheardMs: number;
}

/** Judges the state: does work flow, does it succeed, what waits longest, and who is silent that should be heard. */
export function judge(state: PlatformState, { viewer, unheardMs }: VerdictOptions): Verdict {
  const isMine = (each: { organizationId: Id }) => viewer === undefined || each.organizationId === viewer;
  const ready = state.ready.filter(isMine);
  const oldestReady = oldest(ready);
  const { alive, since_claim: sinceClaim } = state.workers;
  const stalled = oldestReady > STALLED_S && (alive === 0 || sinceClaim === null || sinceClaim > STALLED_S);
  const flowing = { ok: !stalled, ready: depth(ready), workers_alive: alive, seconds_since_claim: rounded(sinceClaim) };
  const succeeding = success(state, viewer);
  const waits = { ready_seconds: rounded(oldestReady), queued_seconds: rounded(oldest(state.queued.filter(isMine))) };
  const oldestWaiting = { ok: oldestReady <= LONG_S, ...waits };
  const silent = [...silentWorkers(state, viewer), ...silentTimers(state), ...silentListener(unheardMs)];
  const verdict = stalled ? 'failing' : succeeding.ok && oldestWaiting.ok && silent.length === 0 ? 'healthy' : 'degraded';
  return { verdict, flowing, succeeding, oldest_waiting: oldestWaiting, silent, read_at: state.readAt.toISOString() };
}

/** The verdict where the state cannot be read: nothing can move without the database. */
export const unreadable = (): Verdict => ({
  verdict: 'failing',
  flowing: { ok: false, ready: 0, workers_alive: 0, seconds_since_claim: null },
  succeeding: { ok: false, window_seconds: RECENT_MS / 1_000, completed: 0, failed: 0, failed_share: 0 },
  oldest_waiting: { ok: false, ready_seconds: 0, queued_seconds: 0 },
  silent: [{ what: 'database', seconds: 0, says: 'The database does not answer: see that it runs and can be reached' }],
  read_at: new Date().toISOString(),
});

const depth = (backlogs: readonly Backlog[]): number => backlogs.reduce((sum, each) => sum + each.depth, 0);
const oldest = (backlogs: readonly Backlog[]): number => Math.max(0, ...backlogs.map((each) => each.oldestSeconds));
const rounded = <T extends number | null>(seconds: T): T => (seconds === null ? seconds : Math.round(seconds)) as T;

function success({ recent }: PlatformState, viewer: Id | undefined): Verdict['succeeding'] {
  const counted = recent.filter((each) => viewer === undefined || each.organization_id === viewer);
  const sum = (kind: 'completed' | 'failed') => counted.reduce((total, each) => total + each[kind], 0);
  const [completed, failed] = [sum('completed'), sum('failed')];
  const share = completed + failed === 0 ? 0 : failed / (completed + failed);
  const ok = completed + failed < FEWEST_RUNS || share <= FAILING_SHARE;
  return { ok, window_seconds: RECENT_MS / 1_000, completed, failed, failed_share: Math.round(share * 1_000) / 1_000 };
}

function silentWorkers({ workers }: PlatformState, viewer: Id | undefined): Verdict['silent'] {
  return workers.silent.map(({ worker, host, pid, seconds }) => ({
    what: 'worker',
    seconds,
    says: `Worker ${worker}${viewer === undefined ? ` (process ${pid} on ${host})` : ''} ended without a word; what it held is with others`,
  }));
}

function silentTimers({ timers }: PlatformState): Verdict['silent'] {
  if (timers.overdue <= OVERDUE_S) return [];
  return [{ what: 'timers', seconds: rounded(timers.overdue), says: 'Timers are due and nobody wakes them: no worker does its chores' }];
}

function silentListener(unheardMs: number): Verdict['silent'] {
  if (unheardMs <= UNHEARD_S * 1_000) return [];
  return [
    {
      what: 'listener',
      seconds: rounded(unheardMs / 1_000),
      says: 'This process does not hear the channel of the database: events of others come late, by polling',
    },
  ];
}
