import type { Id, Log } from '#base';
import type { ClaimedTask, LimitedPlace, PlaceHolder, TaskEngine } from '#engine';

/**
 * What became of a claimed task that was not run: it went back as if it had never been claimed, or it is not known whether it did, and the worker
 * looks at what the rows say that it holds.
 */
export type NotRun = 'put_back' | 'unsure';

export interface KeyPlacesOptions {
  engine: Pick<TaskEngine, 'takePlace' | 'releasePlaces' | 'putBack' | 'callTasks'>;
  workerId: number;
  log: Log;
}

/** How long the first of those that wait for a place is put back, when nobody calls it before: places are also freed in other processes. */
const FIRST_DELAY_MS = 100;
/** Each that waits before it makes a task wait longer: what has no chance yet need not ask. */
const DELAY_PER_PLACE_MS = 20;
const MAX_DELAY_MS = 2_000;
/** A thousand tasks that wait for one place would else be five hundred claims a second. */
const FAR_BEHIND = 200;
const FAR_DELAY_MS = 10_000;
/** How long one that was called has the place for itself: it takes a claim. It may be another process that claims it, so not for long. */
const CALL_MS = 100;
/** A tick makes ready what is due: so much later it is sure to have been claimed by somebody. */
const GONE_AFTER_MS = 1_000;
/** Of those that wait, some are gone by now: so many times the next ones are called. */
const CALL_ROUNDS = 10;

interface Waiting extends PlaceHolder {
  dueAt: number;
}

/** What this process knows of a key. */
interface Line {
  /** Those that it has put back, the oldest first. */
  waiting: Waiting[];
  /** Those that it has called, until when: others of this process let them go first. */
  called: Map<Id, number>;
}

/**
 * Places under `concurrency` keys, for the tasks that one worker has claimed. A task that finds none is put back without a trace and costs this
 * process nothing while it waits; when one of its own gives a place up, the oldest that waits here is called at once.
 */
export class KeyPlaces {
  readonly #options: KeyPlacesOptions;
  readonly #lines = new Map<string, Line>();
  /** The keys under which each attempt of this process holds a place. */
  readonly #held = new Map<ClaimedTask, string[]>();
  #puttingBack: { tasks: (PlaceHolder & { delayMs: number })[]; done: Promise<void> } | undefined;

  constructor(options: KeyPlacesOptions) {
    this.#options = options;
  }

  /**
   * Takes all of these places for the task, which may then run; else it keeps none, goes back, and is no longer this worker's. Throws where no place
   * could be asked for.
   */
  async enter(task: ClaimedTask, places: readonly LimitedPlace[]): Promise<'entered' | NotRun> {
    const holder = holderOf(task);
    const taken: string[] = [];
    this.#held.set(task, taken);
    for (const place of places) {
      const key = `${place.isShared ? '' : holder.organizationId} ${place.key}`;
      if (!(this.#mayAsk(key, holder) && (await this.#options.engine.takePlace(holder, place)))) {
        await this.leave([task]);
        return this.#waitFor(key, holder);
      }
      taken.push(key);
      const line = this.#lines.get(key);
      if (line) line.waiting = line.waiting.filter((other) => other.id !== holder.id);
    }
    return 'entered';
  }

  async #waitFor(key: string, holder: PlaceHolder): Promise<NotRun> {
    try {
      await this.#putBack({ ...holder, delayMs: this.#queue(key, holder) });
      return 'put_back';
    } catch (error) {
      this.#options.log.warn({ err: error }, 'tasks that wait for a place could not be put back');
      return 'unsure';
    }
  }

  /** To be called when these have been settled, or were given up: gives their places back and calls who waits for them. Never throws. */
  async leave(tasks: readonly ClaimedTask[]): Promise<void> {
    const left = tasks.flatMap((task) => {
      const keys = this.#held.get(task);
      return this.#held.delete(task) && keys !== undefined && keys.length > 0 ? [{ task, keys }] : [];
    });
    if (left.length === 0) return;
    try {
      await this.#options.engine.releasePlaces(left.map(({ task }) => holderOf(task)));
      await this.#call(left.flatMap(({ keys }) => keys));
    } catch (error) {
      this.#options.log.warn({ err: error }, 'places under concurrency keys were not given back; they are free as soon as someone looks');
    }
  }

  /** Calls one for each free place: the oldest that still waits. */
  async #call(keys: readonly string[]): Promise<void> {
    let free = keys;
    for (let round = 0; free.length > 0 && round < CALL_ROUNDS; round++) {
      const next = free.flatMap((key) => {
        const holder = this.#next(key);
        return holder ? [{ key, holder }] : [];
      });
      if (next.length === 0) return;
      const called = new Set(await this.#options.engine.callTasks(next.map(({ holder }) => holder)));
      for (const { key, holder } of next) if (!called.has(holder.id)) this.#lines.get(key)?.called.delete(holder.id);
      free = next.filter(({ holder }) => !called.has(holder.id)).map(({ key }) => key);
    }
  }

  #mayAsk(key: string, { id }: PlaceHolder): boolean {
    const called = this.#lines.get(key)?.called;
    if (!called || called.size === 0 || called.delete(id)) return true;
    const now = performance.now();
    for (const [other, until] of called) if (until < now) called.delete(other);
    return called.size === 0;
  }

  /** Enters it into the line; answers how long it is put back. */
  #queue(key: string, holder: PlaceHolder): number {
    const line = this.#lines.get(key) ?? { waiting: [], called: new Map() };
    this.#lines.set(key, line);
    const now = performance.now();
    line.waiting = line.waiting.filter((other) => other.dueAt + GONE_AFTER_MS > now && other.id !== holder.id);
    const before = line.waiting.filter((other) => other.id < holder.id).length;
    const delayMs = delayBehind(before) * (0.75 + Math.random() / 2); // by chance, so that they do not all come back at once
    line.waiting.splice(before, 0, { ...holder, dueAt: now + delayMs });
    return delayMs;
  }

  /** The oldest that may still wait, taken out of the line. */
  #next(key: string): PlaceHolder | undefined {
    const line = this.#lines.get(key);
    const next = line?.waiting.shift();
    if (next) line?.called.set(next.id, performance.now() + CALL_MS);
    else this.#lines.delete(key);
    return next;
  }

  /** Many are put back in one turn: they travel in one statement. */
  #putBack(task: PlaceHolder & { delayMs: number }): Promise<void> {
    if (this.#puttingBack === undefined) {
      const tasks: (PlaceHolder & { delayMs: number })[] = [];
      const send = async () => {
        await new Promise(setImmediate);
        this.#puttingBack = undefined;
        await this.#options.engine.putBack(this.#options.workerId, tasks);
      };
      this.#puttingBack = { tasks, done: send() };
    }
    this.#puttingBack.tasks.push(task);
    return this.#puttingBack.done;
  }
}

const holderOf = ({ execution, id, attempt }: ClaimedTask): PlaceHolder => ({ organizationId: execution.organizationId, id, attempt });

/** The delay of a task that has so many before it. */
export const delayBehind = (before: number): number =>
  before < FAR_BEHIND
    ? Math.min(FIRST_DELAY_MS + before * DELAY_PER_PLACE_MS, MAX_DELAY_MS)
    : Math.min((before / FAR_BEHIND) * MAX_DELAY_MS, FAR_DELAY_MS);
