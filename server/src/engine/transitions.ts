// What follows from a task's outcome, by the plan alone: pure, no I/O, no clock. The database only adds numbers up.
//
// States and exits of one task execution, as this file decides them:
//   open (pending)  -> decided, when its last arrival is in: run, skipped or cancelled, by `run_if` and three sums (verdict)
//   run             -> completed, failed (settled by whoever holds it), or at once where it is pure (fused)
//   settled         -> one arrival on each edge: alive, skipped, failed, or none of them (an item that a collection does without)
//
// Credit. Each edge is worth one arrival at its target. A gate with n items multiplies every edge that leaves its scope by n: it gives the
// targets of those edges n - 1 more to wait for (n = 0: one arrival, so -1), in the statement that makes the items ready, hence before any
// item can arrive. So a target's `waiting` reaches 0 exactly once, when all has been decided upstream: joins, skipped branches, nested
// fan-outs, collections and the execution's own end are the same sum.
import type { Json } from '#base';

import type { CompiledPlan, CompiledTask, Edge, Exit } from './compile-plan.ts';
import { innerItem, outerItem } from './item-path.ts';
import type { FinalTaskStatus } from './states.ts';

/** How a task execution ended. `output` is JSON text; `items` is what a gate fans out over; `routes` is what a branch took. */
export interface Settlement {
  status: FinalTaskStatus;
  output?: string | undefined;
  outputKey?: string | undefined;
  routes?: readonly string[] | undefined;
  items?: readonly Json[] | undefined;
}

/** Sums of the arrivals so far. */
export interface Counters {
  alive: number;
  skipped: number;
  failed: number;
}

/** A successor hears of what came before it. `delta` is added to `need`: 0 in sum means decided. */
export interface Arrival extends Counters {
  task: number;
  item: number;
  need: number;
  delta: number;
  itemValue: string | undefined;
}

/** A row that is born settled. */
export interface FusedTask<S extends Settlement> {
  task: number;
  item: number;
  itemValue: string | undefined;
  settlement: S;
}

export interface Effects<S extends Settlement> {
  fused: FusedTask<S>[];
  arrivals: Arrival[];
  /** Change of the execution's open ends; 0 left ends it. */
  endDelta: number;
  /** Failures that fail the execution. */
  failures: number;
}

/** What this call has settled so far, by place. */
export type Settled = ReadonlyMap<string, Settlement>;
export const placeKey = (task: number, item: number): string => `${task}/${item}`;

/** A task whose last arrival is in: what its `run_if` says. */
export interface Decision {
  item: number;
  itemValue: string | undefined;
  verdict: Verdict;
}

/** Settles a decided task here and now, or (undefined) leaves it to a worker. */
export type Decide<S extends Settlement> = (task: CompiledTask, decision: Decision, settled: Settled) => S | undefined;

export type Verdict = 'run' | 'skipped' | 'cancelled';

/** Run, skip or cancel: decided when the last arrival is in. What handles failures needs one of them; it is never cancelled for one. */
export function verdict({ planned, handlesFailure }: CompiledTask, { alive, skipped, failed }: Counters): Verdict {
  if (planned.runIf === 'always') return 'run';
  if (handlesFailure) return failed > 0 && (skipped === 0 || planned.runIf !== 'all') ? 'run' : 'skipped';
  if (failed > 0) return 'cancelled';
  if (planned.runIf === 'any') return alive === 0 ? 'skipped' : 'run';
  return skipped > 0 ? 'skipped' : 'run';
}

/** Whether a failure of this task is taken as an item that is missing: nothing fails for it. */
const isTolerated = (task: CompiledTask, status: FinalTaskStatus): boolean =>
  status === 'failed' && task.planned.kind === 'task' && task.planned.onItemFailure === 'continue';

/** Whether this end of the task fails the execution. */
export const failsExecution = (task: CompiledTask, status: FinalTaskStatus): boolean => status === 'failed' && !isTolerated(task, status);

const NOTHING: Counters = { alive: 0, skipped: 0, failed: 0 };
const ALIVE: Counters = { alive: 1, skipped: 0, failed: 0 };
const SKIPPED: Counters = { alive: 0, skipped: 1, failed: 0 };
const FAILED: Counters = { alive: 0, skipped: 0, failed: 1 };

/** A skip counts where it comes from the target's own depth; an item that was skipped is only missing from the list. */
const skipOver = (levels: number): Counters => (levels > 0 ? NOTHING : SKIPPED);

/**
 * What handles the failure of some tasks is not cancelled by those of others. What handles the flow's hears of them all: it follows every end, and an
 * end that was cancelled stands for the failure before it.
 */
const overlooksFailures = (target: CompiledTask): boolean => target.handlesFailure && target.planned.runIf !== 'failed';

/** What an arrival over this edge counts as. */
function mark(edge: Edge, source: CompiledTask, target: CompiledTask, settlement: Settlement): Counters {
  const { status } = settlement;
  if (edge.never) return SKIPPED;
  if (edge.onFailure) return status === 'failed' ? FAILED : NOTHING;
  if (status === 'completed') return edge.route === undefined || settlement.routes?.includes(edge.route) ? ALIVE : skipOver(edge.levels);
  if (status === 'skipped' || isTolerated(source, status) || overlooksFailures(target)) return skipOver(edge.levels);
  return FAILED;
}

/** What a gate without items means for what collects them: an empty list is a list. */
function markOfNoItems(exit: Exit, target: CompiledTask, { status }: Settlement): Counters {
  if (status === 'completed') return ALIVE;
  if (exit.onFailure) return status === 'failed' ? FAILED : NOTHING;
  return status === 'skipped' || overlooksFailures(target) ? skipOver(exit.levels) : FAILED;
}

/** Skips and cancels need no worker; what is to run does. */
export const decideByVerdict = (_: CompiledTask, { verdict: decided }: Decision): Settlement | undefined =>
  decided === 'run' ? undefined : { status: decided };

/** Everything that follows from one settlement, through all that `decide` settles on the way. */
export function follow<S extends Settlement>(
  plan: CompiledPlan,
  source: { task: number; item: number },
  settlement: Settlement,
  decide: Decide<S>,
): Effects<S> {
  return new Walk(plan, decide).from(source, settlement);
}

/** One call of `follow`: arrivals that are still open, and what was settled on the way. A queue, not a recursion: plans are long. */
class Walk<S extends Settlement> {
  readonly #plan: CompiledPlan;
  readonly #decide: Decide<S>;
  readonly #open = new Map<string, Arrival>();
  readonly #settled = new Map<string, Settlement>();
  readonly #fused: FusedTask<S>[] = [];
  #endDelta = 0;
  #failures = 0;

  constructor(plan: CompiledPlan, decide: Decide<S>) {
    this.#plan = plan;
    this.#decide = decide;
  }

  from(source: { task: number; item: number }, settlement: Settlement): Effects<S> {
    this.#settle(this.#task(source.task), source.item, settlement);
    for (let next = 0; next < this.#fused.length; next++) {
      const { task, item, settlement: fused } = this.#fused[next] as FusedTask<S>;
      this.#settle(this.#task(task), item, fused);
    }
    const arrivals = [...this.#open.values()].filter((a) => a.delta !== 0 || a.alive + a.skipped + a.failed > 0);
    return { fused: this.#fused, arrivals, endDelta: this.#endDelta, failures: this.#failures };
  }

  #task(number: number): CompiledTask {
    const task = this.#plan.tasks[number];
    if (task === undefined) throw new Error(`the plan has no task ${number}`);
    return task;
  }

  #settle(task: CompiledTask, item: number, settlement: Settlement): void {
    this.#settled.set(placeKey(task.planned.number, item), settlement);
    if (failsExecution(task, settlement.status)) this.#failures++;
    if (task.isEnd) this.#endDelta--;
    if (task.planned.kind === 'gate') this.#fanOut(task, item, settlement);
    else for (const edge of task.next) this.#travel(edge, task, item, settlement);
  }

  #travel(edge: Edge, source: CompiledTask, item: number, settlement: Settlement): void {
    const target = this.#task(edge.to);
    this.#arrive(target, outerItem(item, edge.levels), -1, mark(edge, source, target, settlement), undefined);
  }

  #fanOut(gate: CompiledTask, item: number, settlement: Settlement): void {
    const items = settlement.status === 'completed' ? (settlement.items ?? []) : [];
    this.#endDelta += (items.length - 1) * gate.endsInside;
    for (const exit of items.length === 1 ? [] : gate.exits) {
      const target = this.#task(exit.to);
      const counted = items.length === 0 ? markOfNoItems(exit, target, settlement) : NOTHING;
      this.#arrive(target, outerItem(item, exit.levels), items.length - 1, counted, undefined);
    }
    items.forEach((value, index) => {
      const text = JSON.stringify(value);
      for (const edge of gate.next) this.#arrive(this.#task(edge.to), innerItem(item, index), -1, ALIVE, text);
    });
  }

  #arrive(target: CompiledTask, item: number, delta: number, counted: Counters, itemValue: string | undefined): void {
    const key = placeKey(target.planned.number, item);
    const arrival = this.#open.get(key) ?? newArrival(target, item);
    this.#open.set(key, arrival);
    arrival.delta += delta;
    arrival.alive += counted.alive;
    arrival.skipped += counted.skipped;
    arrival.failed += counted.failed;
    arrival.itemValue ??= itemValue;
    if (arrival.need + arrival.delta === 0 && this.#hasAllCredit(target, item)) this.#close(target, key, arrival);
  }

  /** A collector may be decided here only if its gates were settled here: the rest of its credit is in the database. */
  #hasAllCredit(target: CompiledTask, item: number): boolean {
    return target.gates.every((gate) => this.#settled.has(placeKey(gate, item)));
  }

  /** All its arrivals came from this one settlement. What a worker must run stays an arrival. */
  #close(target: CompiledTask, key: string, arrival: Arrival): void {
    const { item, itemValue } = arrival;
    const settlement = this.#decide(target, { item, itemValue, verdict: verdict(target, arrival) }, this.#settled);
    if (settlement === undefined) return;
    this.#open.delete(key);
    this.#fused.push({ task: target.planned.number, item, itemValue, settlement });
  }
}

function newArrival(target: CompiledTask, item: number): Arrival {
  return { task: target.planned.number, item, need: target.need, delta: 0, alive: 0, skipped: 0, failed: 0, itemValue: undefined };
}
