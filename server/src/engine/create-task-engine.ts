import type { Id, Log } from '#base';
import type { EngineDatabase } from '#db';
import type { EventHub } from '#events';
import { announce } from './announce.ts';
import { type ClaimCursor, type ClaimOptions, claimTasks, NO_ORGANIZATION } from './claim-tasks.ts';
import { type ClaimedTask, SUSPECT_LANE } from './claimed-task.ts';
import { type CleanUpOptions, createCleaner } from './clean-up.ts';
import type { EngineParts } from './engine-parts.ts';
import { findKeptDecision } from './find-kept-decision.ts';
import { findStopped } from './find-stopped.ts';
import { readClock, registerWorker, releaseWorker, renewLease } from './leases.ts';
import type { TaskOutcome, TaskResult } from './outcome.ts';
import { type PausedTask, pauseTasks } from './pause-tasks.ts';
import { callTasks, type PlaceHolder, putBack, releasePlaces, takePlace } from './places.ts';
import { compiledPlans, type PlanSource } from './plans.ts';
import { type LimitedPlace, QueueControls } from './queue-controls.ts';
import { readInputs, type TaskInput } from './read-inputs.ts';
import { statementRunner } from './run-statement.ts';
import type { FuseTask, LimitedExecutors } from './settle-parameters.ts';
import { type SettleReport, settleTasks } from './settle-tasks.ts';
import { type ChildExecution, type ChildRequest, type ChildStart, findChild, startChild } from './start-child.ts';
import type { StartClaims } from './start-claims.ts';
import type { Statements } from './statements.ts';
import { CANCEL_GRACE_MS, newTickCursors, type TickReport, tick } from './tick.ts';

export interface EngineOptions {
  db: EngineDatabase;
  plans: PlanSource;
  events: EventHub;
  log: Log;
  /** Executors with a limit of their own per process: the same set in every process. */
  limitedExecutors?: LimitedExecutors;
  /** Shared with the worker of this process, if it has one. */
  startClaims?: StartClaims;
  /** Of the engine that ticks. */
  cleanUp?: CleanUpOptions;
  /** Other statements: only for tests that take a defence away. */
  statements?: Statements;
}

export interface SettleChoices {
  /** How many successors may come back claimed; true: `DEFAULT_CLAIM`; false: none, they are ready for anyone. */
  claim: boolean | number;
  /** Free places of limited executors, as in claim. */
  executors?: Readonly<Record<string, number>>;
  /** Settles pure tasks and gates within the same settle. */
  fuse?: FuseTask;
}

/** Successors that a settle may bring back where its caller does not say: what a claim may. */
export const DEFAULT_CLAIM = 200;

/** A task that is running under an attempt. */
export interface HeldTask {
  organizationId: Id;
  id: Id;
  attempt: number;
}

/** How a worker process takes part in runs. All of it may be called from several loops at once. */
export interface TaskEngine {
  /** What time it is for the database, by which all that is due is due. */
  readClock(): Promise<Date>;
  registerWorker(): Promise<number>;
  renewLease(workerId: number, loopDelayMs: number): Promise<boolean>;
  releaseWorker(workerId: number): Promise<void>;
  /** Ready tasks, each under a fresh attempt. `decidedOutcome` says which of them are not to be run. */
  claim(workerId: number, options: ClaimOptions): Promise<ClaimedTask[]>;
  /** Settles any subset of what was claimed, as results come. One transaction; events are published after it. */
  settle(workerId: number, results: readonly TaskResult<ClaimedTask>[], choices: SettleChoices): Promise<SettleReport>;
  /** `findChild`: the execution that an earlier attempt of a task has started. `startChild`: starts one for a task that runs, or finds the one that an earlier attempt of it has started. */
  findChild(parent: ClaimedTask): Promise<ChildExecution | undefined>;
  startChild(parent: ClaimedTask, request: ChildRequest): Promise<ChildStart>;
  readInputs(tasks: readonly ClaimedTask[]): Promise<TaskInput[][]>;
  /** What an event had settled this task with before it was run again, where it is asked the same; `input` is its resolved parameters. */
  keptDecision(task: ClaimedTask, input: string | undefined): Promise<TaskOutcome | undefined>;
  /** Those of these tasks that should not be worked for any longer: cancelled, outdated, or with another attempt. Their running code is to be aborted. */
  stoppedTasks(tasks: readonly ClaimedTask[]): Promise<ClaimedTask[]>;
  /** What runs in a worker's name, by the rows: more than it knows of where the answer to a claim or a settle was lost on its way. */
  heldTasks(workerId: number): Promise<HeldTask[]>;
  /** Gives back what was claimed and never came to run: ready again, nothing counted. What is no longer held under its attempt stays as it is. */
  giveBack(held: readonly HeldTask[]): Promise<void>;
  /** Takes a place under a `concurrency` key for a claimed task; false where `limit` attempts hold one. */
  takePlace(holder: PlaceHolder, place: LimitedPlace): Promise<boolean>;
  /** When what held them has been settled. What is forgotten here is free once the attempt no longer runs. */
  releasePlaces(holders: readonly PlaceHolder[]): Promise<void>;
  /** Takes back a claim that came to nothing, since no place was free: nothing is counted; it is ready again after its delay. */
  putBack(workerId: number, tasks: readonly (PlaceHolder & { delayMs: number })[]): Promise<void>;
  /** Makes those ready that were put back under these attempts and still wait, and answers their ids; loops are woken where there are any. */
  callTasks(tasks: readonly PlaceHolder[]): Promise<Id[]>;
  /** What is paused and limited, as far as this process has heard. */
  controls: Pick<QueueControls, 'pauseOf' | 'pauseOfModel' | 'placesOf' | 'isIdle'>;
  /** Hears what was paused, resumed and limited since the last call, and says so in the worker's name, where it has one yet. */
  hear(workerId?: number): Promise<void>;
  /** Lays claimed tasks aside until their pauses are over: nothing is counted, and they keep their turn. */
  pause(workerId: number, tasks: readonly PausedTask[]): Promise<void>;
  /** Timers, lost leases, free slots, runs that only wait, overdue cancels, once in a while what has expired: to be called about once a second by any process. */
  tick(): Promise<TickReport>;
}

export function engineParts({
  db,
  plans,
  events,
  log,
  limitedExecutors = new Set(),
  startClaims = {},
  statements,
}: EngineOptions): EngineParts {
  return { db, ...statementRunner(db.query, statements), plans: compiledPlans(plans), events, log, limited: limitedExecutors, startClaims };
}

export function createTaskEngine(options: EngineOptions): TaskEngine {
  const parts = engineParts(options);
  const cleanUp = createCleaner(parts, options.cleanUp ?? {});
  const cursor: ClaimCursor = { after: NO_ORGANIZATION };
  const cursors = newTickCursors();
  const controls = new QueueControls(parts.run);
  const heard = new Map<number | undefined, number>(); // what was said of the present worker
  const suspects = new Set<Id>(); // at most one is held at a time: it may end the process. Whatever ends the holding takes it out
  return {
    readClock: () => readClock(parts.run),
    registerWorker: () => registerWorker(parts.run),
    renewLease: (workerId, loopDelayMs) => renewLease(parts.run, workerId, { loopDelayMs }),
    releaseWorker: (workerId) => releaseWorker(parts.run, workerId),
    async claim(workerId, claim) {
      const tasks = await claimTasks(parts, workerId, cursor, { suspects: suspects.size === 0 ? 1 : 0, ...claim });
      for (const task of tasks) if (task.lane === SUSPECT_LANE) suspects.add(task.id);
      return tasks;
    },
    async settle(workerId, results, { claim, executors = {}, fuse }) {
      const most = typeof claim === 'number' ? claim : claim ? DEFAULT_CLAIM : 0;
      const report = await settleTasks(parts.run, workerId, results, {
        held: 'running',
        claim: most,
        executors,
        limited: parts.limited,
        fuse,
      });
      for (const { task } of results) suspects.delete(task.id);
      announce(parts, report);
      return report;
    },
    findChild: (parent) => findChild(parts, parent),
    startChild: (parent, request) => startChild(parts, parent, request),
    readInputs: (tasks) => readInputs(parts.run, tasks),
    keptDecision: (task, input) => findKeptDecision(parts.run, task, input),
    stoppedTasks: (tasks) => findStopped(parts.run, tasks),
    async heldTasks(workerId) {
      const rows = await parts.run<{ organization_id: Id; id: Id; attempt: number }>('find-held', [workerId]);
      return rows.map(({ organization_id, id, attempt }) => ({ organizationId: organization_id, id, attempt }));
    },
    async giveBack(held) {
      const dueNow = 0;
      await parts.run('put-off-tasks', [held.map((t) => t.organizationId), held.map((t) => t.id), held.map((t) => t.attempt), dueNow]);
      for (const { id } of held) suspects.delete(id);
    },
    takePlace: (holder, place) => takePlace(parts.run, holder, place),
    releasePlaces: (holders) => releasePlaces(parts.run, holders),
    async putBack(workerId, tasks) {
      await putBack(parts.run, workerId, tasks);
      for (const { id } of tasks) suspects.delete(id);
    },
    controls,
    async hear(workerId) {
      await controls.refresh();
      const [said, heardUntil] = [heard.get(workerId) ?? 0, controls.heardUntil];
      if (workerId === undefined || heardUntil.getTime() <= said) return;
      await parts.run('note-heard', [workerId, heardUntil]);
      heard.clear();
      heard.set(workerId, heardUntil.getTime());
    },
    async pause(workerId, paused) {
      await pauseTasks(parts, workerId, paused);
      for (const { task } of paused) suspects.delete(task.id);
    },
    async callTasks(tasks) {
      const called = await callTasks(parts.run, tasks);
      if (called.length > 0) parts.events.announceWork();
      return called;
    },
    async tick() {
      const report = await tick(parts, CANCEL_GRACE_MS, cursors);
      await cleanUp();
      return report;
    },
  };
}
