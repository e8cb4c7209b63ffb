import { setTimeout as sleep } from 'node:timers/promises';
import type { SecretReader } from '#access';
import type { Log, SafeFetch } from '#base';
import type { EngineDatabase } from '#db';
import type { DocumentReader } from '#documents';
import { createTaskEngine, type StartClaims, type StartOffer, type TaskEngine } from '#engine';
import type { EventHub } from '#events';
import type { Catalogue } from '#executors';
import type { FileStore } from '#files';
import type { Models } from '#models';
import type { Metrics, Tracing } from '#telemetry';
import { ClaimLoop } from './claim-loop.ts';
import { DatabaseClock } from './database-clock.ts';
import { createExecutorPlaces, type ExecutorPlaces } from './executor-places.ts';
import { createFuse } from './fuse-task.ts';
import { giveBackUnheld } from './give-back-unheld.ts';
import { keepDecision } from './keep-decision.ts';
import { CLOSE_MS, keepLease, type Lease } from './keep-lease.ts';
import { KeyPlaces } from './key-places.ts';
import { LogWriter } from './log-writer.ts';
import { observeAttempt } from './observe-attempt.ts';
import { observeEngine } from './observe-engine.ts';
import type { Plans } from './plans.ts';
import { readValues } from './read-values.ts';
import { runClaimed } from './run-claimed.ts';
import { TaskPauses } from './task-pauses.ts';

export interface WorkerOptions {
  db: EngineDatabase;
  engineUrl: string;
  plans: Plans;
  events: EventHub;
  catalogue: Catalogue;
  files: FileStore;
  documents: DocumentReader;
  models: Models;
  secrets: SecretReader;
  /** The way out for what users wrote: without the origins that the operator trusts. */
  wayOut: SafeFetch;
  log: Log;
  /** Who watches it. */
  metrics?: Metrics | undefined;
  tracing?: Tracing | undefined;
  /** Days after which task logs are deleted; default 30. */
  taskLogDays?: number;
  /** Claim loops in this process: as many as cores. */
  loops: number;
  /** Shared with the engine that starts runs in this process. */
  startClaims?: StartClaims;
}

export interface RunningWorker {
  /** The number of its lease; a new one after a lease was lost. */
  id(): number;
  /** Claims nothing more, lets what runs end for a while, gives the rest back without costing an attempt, ends the lease. */
  drain(): Promise<void>;
}

const TICK_MS = 500; // how late a timer or a retry may be
const LISTEN_MS = 250; // how late a cancel or a pause may be heard
const DRAIN_MS = 8000; // what a deploy waits for; the rest is given back
const GIVE_UP_MS = 5000; // then what does not hear that it should stop, or cannot be settled, is left to whoever reaps the lease
/** No drain takes longer, whatever hangs: whoever stops a process (a unit, a pod) waits for more than this before it kills. */
export const LONGEST_DRAIN_MS = DRAIN_MS + GIVE_UP_MS + CLOSE_MS;
const REGISTER_AGAIN_MS = 1000; // after a lease was lost, and while the database does not give a new one: whatever took it may take the next

/** Starts claiming. Resolves when the lease is held; ends with `drain`. */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const places = createExecutorPlaces(options.catalogue);
  const { db, plans, events, log, files, taskLogDays } = options;
  const cleanUp = { taskLogDays, deleteObjects: (keys: readonly string[]) => deleteObjects(files, keys, log) };
  const engine = observeEngine(
    createTaskEngine({ db, plans: plans.load, events, log, limitedExecutors: places.limited, cleanUp }),
    options,
  );
  const closing = new AbortController();
  await engine.hear(); // what is paused is known before anything is claimed
  let shift = await startShift(options, engine, places);
  const stopListening = events.onWork(() => wakeOne(shift.loops));
  const { startClaims = {} } = options;
  startClaims.offer = (most) => offerOf(shift.loops, most);
  const ended = new AbortController(); // cancels are heard until the last task has ended
  const ticking = Promise.all([
    keepTicking(options, engine, () => shift, ended.signal),
    keepListening(options, engine, () => shift, ended.signal),
  ]);
  const watching = (async () => {
    while (!closing.signal.aborted) {
      await Promise.race([shift.lost, aborted(closing.signal)]);
      if (closing.signal.aborted) return;
      const { reason } = shift.lease.lost;
      log.warn({ worker: shift.workerId, reason }, 'the lease was lost: what this process held is given up');
      if (reason === 'database_silent') db.dropConnections(); // what waits for an answer on them would wait as long as a statement may take
      await endShift(options, shift, engine, 'lease_lost');
      await pause(REGISTER_AGAIN_MS, closing.signal);
      shift = (await startNextShift(options, engine, places, closing.signal)) ?? shift;
    }
  })();
  return {
    id: () => shift.workerId,
    async drain() {
      if (closing.signal.aborted) return;
      closing.abort();
      stopListening();
      startClaims.offer = undefined;
      await watching;
      await endShift(options, shift, engine, 'draining');
      ended.abort();
      await atMost(GIVE_UP_MS, ticking);
    },
  };
}

/** Answers whether all are gone. Whether what stays is tried again is for whoever asks. */
async function deleteObjects(files: FileStore, keys: readonly string[], log: Log): Promise<boolean> {
  let isDone = true;
  for (const key of keys) {
    await files.delete(key).catch((error: unknown) => {
      isDone = false;
      log.warn({ err: error, key }, 'an object was not deleted');
    });
  }
  return isDone;
}

/** The time between taking a lease and ending it. */
interface Shift {
  workerId: number;
  clock: DatabaseClock;
  lease: Lease;
  loops: ClaimLoop[];
  ended: Promise<unknown>;
  lost: Promise<void>;
}

async function startShift(options: WorkerOptions, engine: TaskEngine, places: ExecutorPlaces): Promise<Shift> {
  const { files, plans, catalogue, log } = options;
  const clock = new DatabaseClock(engine);
  await clock.read();
  const workerId = await engine.registerWorker();
  const keyPlaces = new KeyPlaces({ engine, workerId, log });
  const pauses = new TaskPauses({ engine, workerId, log });
  const means = { ...options, engine, clock, logs: new LogWriter(options.db, log), places: keyPlaces, pauses };
  const renew = () => engine.renewLease(workerId, 0);
  const lease = keepLease({ engineUrl: options.engineUrl, workerId, renew, log });
  options.metrics?.leasesHeld.inc();
  const fuse = createFuse(catalogue, plans.peek, options.tracing);
  const loops: ClaimLoop[] = Array.from(
    { length: options.loops },
    () =>
      new ClaimLoop({
        engine,
        workerId,
        places,
        fuse,
        log,
        readValues: (tasks) => readValues({ engine, files, log }, tasks),
        giveBackUnheld: () => giveBackUnheld(engine, workerId, loops, log),
        onMuch: () => wakeOne(loops),
        onClaimed: lease.noteClaim,
        onSettled: (tasks) => void keyPlaces.leave(tasks),
        run: (task, inputs, stop) =>
          observeAttempt(options, task, async () => {
            const outcome = await runClaimed(means, task, inputs, stop);
            return typeof outcome === 'string' ? outcome : keepDecision(engine, task, outcome, log);
          }),
      }),
  );
  return { workerId, clock, lease, loops, ended: Promise.all(loops.map((loop) => loop.run())), lost: aborted(lease.lost) };
}

/**
 * One idle loop is enough to ask for what has become ready: two would ask the database the same at once, on the cores that the first answer
 * needs. It wakes the next where it finds much. Where none is idle, each asks when it has room.
 */
function wakeOne(loops: readonly ClaimLoop[]): void {
  const idle = loops.find((loop) => loop.isIdle);
  for (const loop of idle ? [idle] : loops) loop.wake();
}

/** An idle loop's offer before that of one that works. */
function offerOf(loops: readonly ClaimLoop[], most: number): StartOffer | undefined {
  const idleFirst = loops.toSorted((a, b) => Number(b.isIdle) - Number(a.isIdle));
  for (const loop of idleFirst) {
    const offer = loop.offer(most);
    if (offer !== undefined) return offer;
  }
  return undefined;
}

/** A new lease, as soon as the database gives one; undefined where the process ends before. */
async function startNextShift(
  options: WorkerOptions,
  engine: TaskEngine,
  places: ExecutorPlaces,
  signal: AbortSignal,
): Promise<Shift | undefined> {
  while (!signal.aborted) {
    try {
      return await startShift(options, engine, places);
    } catch (error) {
      options.log.warn({ err: error }, 'the database gave no new lease; trying again');
      await pause(REGISTER_AGAIN_MS, signal);
    }
  }
  return undefined;
}

async function endShift(options: WorkerOptions, shift: Shift, engine: TaskEngine, reason: 'draining' | 'lease_lost'): Promise<void> {
  for (const loop of shift.loops) loop.drain();
  if (reason === 'draining') await Promise.race([shift.ended, sleep(DRAIN_MS, undefined, { ref: false })]);
  for (const loop of shift.loops) loop.stop(reason);
  await Promise.race([shift.ended, sleep(GIVE_UP_MS, undefined, { ref: false })]);
  for (const loop of shift.loops) loop.abandon();
  await atMost(GIVE_UP_MS, engine.releaseWorker(shift.workerId)); // the lease ends by itself where the database is away
  await shift.lease.close();
  options.metrics?.leasesHeld.dec();
}

/** The engine's chores. */
async function keepTicking({ log }: WorkerOptions, engine: TaskEngine, shift: () => Shift, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await shift().clock.renew();
      await engine.tick();
    } catch (error) {
      log.warn({ err: error }, 'a tick could not reach the database');
    }
    await pause(TICK_MS, signal);
  }
}

/** What people decide while tasks run: cancels that running code must hear of, pauses, limits. Apart from the chores, which may take their time. */
async function keepListening({ log }: WorkerOptions, engine: TaskEngine, shift: () => Shift, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await engine.hear(shift().workerId);
      for (const loop of shift().loops) {
        const stopped = new Set(await engine.stoppedTasks(loop.held()));
        if (stopped.size > 0) loop.stop('cancelled', (task) => stopped.has(task));
      }
    } catch (error) {
      log.warn({ err: error }, 'cancels and pauses are not heard: the database did not answer');
    }
    await pause(LISTEN_MS, signal);
  }
}

/** What the database does not answer is not waited for, nor does it matter that it failed. */
const atMost = (ms: number, work: Promise<unknown>): Promise<unknown> =>
  Promise.race([work.catch(() => {}), sleep(ms, undefined, { ref: false })]);

/** Waits, unless the signal ends it. */
const pause = (ms: number, signal: AbortSignal): Promise<void> => sleep(ms, undefined, { signal, ref: false }).catch(() => {});

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true })));
