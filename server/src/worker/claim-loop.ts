import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Id, Log } from '#base';
import { type ClaimedTask, decidedOutcome, type StartOffer, type TaskEngine, type TaskOutcome, type TaskResult } from '#engine';
import type { ExecutorPlaces } from './executor-places.ts';
import type { NotRun } from './key-places.ts';
import { Leftovers } from './leftovers.ts';
import type { StopReason } from './run-task.ts';
import { isDataException, type SettleApart, settleApart } from './settle-apart.ts';
import { StartOffers } from './start-offers.ts';
import type { ReadValues } from './task-scope.ts';

export interface ClaimLoopOptions {
  engine: TaskEngine;
  workerId: number;
  places: ExecutorPlaces;
  fuse: Parameters<TaskEngine['settle']>[2]['fuse'];
  /** In the order of the tasks; undefined for one whose values could not be had. */
  readValues(tasks: readonly ClaimedTask[]): Promise<(ReadValues[] | undefined)[]>;
  /**
   * Runs one attempt until `stop` is aborted (with a StopReason, or by its deadline); never throws. A NotRun is no longer held.
   */
  run(task: ClaimedTask, inputs: readonly ReadValues[] | undefined, stop: AbortController): Promise<TaskOutcome | NotRun>;
  /** These have been settled. */
  onSettled?: (tasks: readonly ClaimedTask[]) => void;
  /** After a call whose answer did not come: gives back what the database may have handed out and nobody runs. */
  giveBackUnheld(): Promise<void>;
  /** Told whenever it got something to do. */
  onClaimed?: () => void;
  /** Told when a claim has found much, so that another loop may ask as well. */
  onMuch?: () => void;
  log: Log;
}

/** Tasks that one loop holds at most. 50 costs a fifth of the throughput of 200, 500 gains nothing (PERFORMANCE 1.1); a crash re-runs what is held. */
const BATCH = 200;
/** Below this many running tasks the loop asks for more. */
const LOW = BATCH / 2;
const POLL_MS = 1000; // the net below the wake-ups
const RETRY_MS = 500; // after the database refused a call

/**
 * One claim loop: claims, runs all that it has claimed at once, settles results as they come, and runs what a settle brings back. Ends when
 * it was told to drain and holds nothing.
 */
export class ClaimLoop {
  readonly #options: ClaimLoopOptions;
  /** By attempt, not by id: after a lease was lost, a new attempt may be claimed here while the old one still has to be stopped. */
  readonly #running = new Map<ClaimedTask, AbortController>();
  readonly #results: TaskResult<ClaimedTask>[] = [];
  #settling: readonly TaskResult<ClaimedTask>[] = [];
  #mayHaveWork = true;
  #askedAt = 0;
  /** A call has failed that may have been carried out all the same. */
  #isUnsure = false;
  #call: Promise<void> = Promise.resolve();
  readonly #offers = new StartOffers();
  #draining = false;
  #abandoned = false;
  #resting = false;
  readonly #leftovers = new Leftovers();
  #wakeUp: () => void = () => {};

  constructor(options: ClaimLoopOptions) {
    this.#options = options;
  }

  /** There may be ready work. */
  wake(): void {
    this.#mayHaveWork = true;
    this.#resting = false; // before its promise is heard: who is woken twice in one turn should be two
    this.#wakeUp();
  }

  /** It does nothing and has room: woken, it asks at once. */
  get isIdle(): boolean {
    return this.#resting && !this.#draining && this.#running.size <= LOW;
  }

  /** Claims nothing more. */
  drain(): void {
    this.#draining = true;
    this.#wakeUp();
  }

  /** Ends it although it still holds something: what it holds is lost to whoever reaps the lease. */
  abandon(): void {
    this.#draining = true;
    this.#abandoned = true;
    this.#wakeUp();
  }

  /** Whether this attempt is in its hands: runs, or waits to be settled. */
  holds({ id, attempt }: { id: Id; attempt: number }): boolean {
    const tasks = [...this.#running.keys(), ...[...this.#results, ...this.#settling].map(({ task }) => task)];
    return tasks.some((task) => task.id === id && task.attempt === attempt);
  }

  /** When the calls to the database that may hand it something at this moment, if any, have ended, well or not. */
  async answered(): Promise<void> {
    await Promise.all([this.#call.catch(() => {}), ...this.#offers.answers]); // its failure is dealt with where it was made
  }

  /** Room for first tasks of what this process starts; undefined where it has none, or where other work may wait, which then goes by turn. */
  offer(most: number): StartOffer | undefined {
    const claim = Math.min(most, this.#room);
    if (claim === 0 || this.#draining || this.#isUnsure || this.#mayHaveWork) return undefined;
    return this.#offers.make({ workerId: this.#options.workerId, claim, onAnswer: (tasks) => this.#startOffered(tasks) });
  }

  #startOffered(tasks: readonly ClaimedTask[] | undefined): void {
    if (tasks === undefined) this.#isUnsure = true;
    else if (!this.#abandoned) this.#start(tasks).catch(() => this.wake()); // what could not be read is released, and is there to be claimed
    this.#wakeUp();
  }

  /** What it runs at this moment. */
  held(): ClaimedTask[] {
    return [...this.#running.keys()];
  }

  /** Tells what it runs to stop: all of it, or what is meant. */
  stop(reason: StopReason, isMeant: (task: ClaimedTask) => boolean = () => true): void {
    for (const [task, stop] of this.#running) if (isMeant(task)) stop.abort(reason);
  }

  async run(): Promise<void> {
    while (!this.#abandoned && !(this.#draining && this.#holdsNothing())) {
      try {
        if (this.#isUnsure) await this.#makeSure();
        else if (this.#results.length > 0) await this.#calling(() => this.#settle());
        else if (this.#mayAsk()) await this.#calling(() => this.#claimAfterWhatEndsAtOnce());
        else await this.#rest(POLL_MS);
      } catch (error) {
        this.#options.log.warn({ err: error }, 'a claim loop could not reach the database');
        this.#mayHaveWork = true; // what it asked for may still be there
        await this.#rest(RETRY_MS);
      }
    }
  }

  /** How many tasks more it takes. */
  get #room(): number {
    return Math.max(0, BATCH - this.#running.size - this.#offers.tasks);
  }

  #holdsNothing(): boolean {
    return this.#running.size === 0 && this.#results.length === 0 && this.#offers.answers.length === 0;
  }

  /** However often something else wakes it, it asks once in a while: an announcement may have been lost. */
  #mayAsk(): boolean {
    if (this.#draining || this.#running.size > LOW) return false;
    return this.#mayHaveWork || performance.now() - this.#askedAt > POLL_MS;
  }

  async #calling(call: () => Promise<void>): Promise<void> {
    this.#call = call();
    try {
      await this.#call;
    } catch (error) {
      this.#isUnsure = true;
      throw error;
    }
  }

  async #makeSure(): Promise<void> {
    await this.#options.giveBackUnheld();
    this.#isUnsure = false;
  }

  /** Until something ends, is announced, or the time is up: then there may be work that nobody announced. */
  async #rest(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#wakeUp = () => resolve(false);
    const timer = setTimeout(() => resolve(true), ms);
    this.#resting = true;
    if (await promise) this.#mayHaveWork = true;
    this.#resting = false;
    clearTimeout(timer);
    this.#wakeUp = () => {};
  }

  /** Results before claims: what ends in this turn would else wait for the answer to a question. */
  async #claimAfterWhatEndsAtOnce(): Promise<void> {
    if (this.#running.size > 0) await nextTurn();
    if (this.#results.length === 0) await this.#claim();
  }

  async #claim(): Promise<void> {
    const { engine, workerId, places } = this.#options;
    const reserved = places.reserve();
    const batch = this.#room;
    let claimed: ClaimedTask[] = [];
    try {
      this.#askedAt = performance.now();
      this.#mayHaveWork = false; // an announcement while we ask sets it again
      claimed = await engine.claim(workerId, { batch, executors: reserved });
      if (claimed.length > 0 && this.#leftovers.mayBe(claimed, batch)) this.#mayHaveWork = true;
      if (claimed.length >= LOW) this.#options.onMuch?.();
    } finally {
      places.keep(
        reserved,
        claimed.map(({ planned }) => planned.executor),
      );
    }
    await this.#start(claimed);
  }

  async #settle(): Promise<void> {
    const { engine, workerId, places, fuse } = this.#options;
    await nextTurn(); // what ends in the same turn travels in the same settle
    const batch = this.#results.splice(0, BATCH);
    this.#settling = batch;
    const reserved = this.#draining ? {} : places.reserve();
    let claimed: ClaimedTask[] = [];
    try {
      const claim = this.#draining ? false : this.#room;
      const report = await engine.settle(workerId, batch, { claim, executors: reserved, ...(fuse ? { fuse } : {}) });
      this.#options.onSettled?.(batch.map(({ task }) => task));
      claimed = report.claimed;
      if (report.leftReady) this.#mayHaveWork = true;
      if (report.stoppedExecutionIds.length > 0) {
        const stopped = new Set(report.stoppedExecutionIds);
        this.stop('cancelled', ({ execution }) => stopped.has(execution.id));
      }
    } catch (error) {
      if (isDataException(error)) await settleApart(this.#apart, batch, error);
      else {
        this.#results.push(...batch); // the database is away: it takes them later
        throw error;
      }
    } finally {
      this.#settling = [];
      places.keep(
        reserved,
        claimed.map(({ planned }) => planned.executor),
      );
    }
    await this.#start(claimed);
  }

  get #apart(): SettleApart {
    const { engine, workerId, log } = this.#options;
    return {
      log,
      settle: async (part) => {
        const report = await engine.settle(workerId, part, { claim: false });
        this.#options.onSettled?.(part.map(({ task }) => task));
        if (report.leftReady) this.wake();
      },
      later: (part) => void this.#results.push(...part),
    };
  }

  /** What is decided already is a result; the rest gets its inputs in one read and runs. */
  async #start(claimed: readonly ClaimedTask[]): Promise<void> {
    if (claimed.length > 0) this.#options.onClaimed?.();
    const toRun: ClaimedTask[] = [];
    for (const task of claimed) {
      const outcome = decidedOutcome(task);
      if (outcome) this.#finish(task, outcome);
      else toRun.push(task);
    }
    if (toRun.length === 0) return;
    for (const task of toRun) this.#running.set(task, new AbortController());
    let inputs: (ReadValues[] | undefined)[];
    try {
      inputs = await this.#options.readValues(toRun);
    } catch (error) {
      for (const task of toRun) this.#finish(task, { status: 'released' });
      throw error;
    }
    toRun.forEach((task, i) => void this.#runOne(task, inputs[i]));
  }

  async #runOne(task: ClaimedTask, inputs: readonly ReadValues[] | undefined): Promise<void> {
    const stop = this.#running.get(task);
    if (!stop) return;
    const outcome = await this.#options.run(task, inputs, stop);
    if (typeof outcome !== 'string') return this.#finish(task, outcome);
    if (outcome === 'unsure') this.#isUnsure = true;
    this.#forget(task);
  }

  #finish(task: ClaimedTask, outcome: TaskOutcome): void {
    this.#results.push({ task, outcome });
    this.#forget(task);
  }

  #forget(task: ClaimedTask): void {
    const { places } = this.#options;
    this.#running.delete(task);
    places.free(task.planned.executor);
    if (places.limited.has(task.planned.executor)) this.#mayHaveWork = true; // more of its kind may wait for this place: no one announces that
    this.#wakeUp();
  }
}
