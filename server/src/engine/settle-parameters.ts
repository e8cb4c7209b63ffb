import { newId } from '#base';
import type { PlannedTask } from '#language';
import type { ClaimedTask } from './claimed-task.ts';
import { SUSPECT_LANE } from './claimed-task.ts';
import { checkedItems, type FusedOutcome, settlementOf, storableJson, type TaskOutcome, type TaskResult } from './outcome.ts';
import { type Arrival, type Effects, follow, placeKey, type Settled, type Settlement } from './transitions.ts';

/** Settles a pure task (or a gate) at once, from what is already known; undefined leaves it to a worker. Must not wait and must not throw. */
export type FuseTask = (
  planned: PlannedTask,
  place: { item: number; itemValue: string | undefined },
  settled: Settled,
  source: ClaimedTask,
) => FusedOutcome | undefined;

/** Names of executors whose tasks are claimed by a limit of their own. The same in every process of a platform. */
export type LimitedExecutors = ReadonlySet<string>;

export interface SettleOptions {
  /** Statuses that the tasks are in: `running` for a worker's, `awaiting_input` for those that an event settles. */
  held: 'running' | 'awaiting_input';
  /** How many successors may come back claimed, and of limited executors how many each. */
  claim: number;
  executors: Readonly<Record<string, number>>;
  limited: LimitedExecutors;
  fuse?: FuseTask | undefined;
}

/** One batch as settle-tasks.sql takes it, and what each of its tasks settled, by place: what successors read need not be read again. */
export interface SettleBatch {
  values: unknown[];
  settled: Map<string, Settlement>[];
}

const MAX_INPUT_BYTES = 32 * 1024;
const NO_EFFECTS: Effects<FusedOutcome> = { fused: [], arrivals: [], endDelta: 0, failures: 0 };

/** Turns outcomes into the arrays of settle-tasks.sql. Pure but for new ids. */
export function settleParameters(results: readonly TaskResult<ClaimedTask>[], options: SettleOptions): SettleBatch {
  const sources = columns(17);
  const fused = columns(10);
  const arrivals = columns(14);
  const budget = new ClaimBudget(options);
  const settled = results.map(({ task, outcome: given }, index) => {
    const outcome = checkedItems(task.planned, given);
    const settlement = settlementOf(outcome);
    const effects = settlement === undefined ? NO_EFFECTS : effectsOf(task, settlement, options);
    addSource(sources, task, outcome, effects, options.held);
    for (const row of effects.fused) addFused(fused, index + 1, task, row);
    for (const arrival of effects.arrivals) addArrival(arrivals, index + 1, task, arrival, budget, options.limited);
    return settledPlaces(task, settlement, effects);
  });
  return { values: [...sources, ...fused, ...arrivals], settled };
}

const columns = (count: number): unknown[][] => Array.from({ length: count }, () => []);
const add = (into: unknown[][], values: readonly unknown[]): void => values.forEach((value, column) => void into[column]?.push(value));

function effectsOf(task: ClaimedTask, settlement: Settlement, { fuse }: SettleOptions): Effects<FusedOutcome> {
  return follow<FusedOutcome>(task.plan, { task: task.planned.number, item: task.item }, settlement, (target, decision, settled) => {
    if (task.stopped) return { status: 'cancelled' }; // whatever is decided in an execution that is being cancelled
    if (decision.verdict !== 'run') return { status: decision.verdict };
    if (fuse === undefined || !(target.planned.pure || target.planned.kind === 'gate')) return undefined;
    const outcome = fuse(target.planned, decision, settled, task);
    return outcome === undefined ? undefined : (checkedItems(target.planned, outcome) as FusedOutcome);
  });
}

function settledPlaces(task: ClaimedTask, settlement: Settlement | undefined, effects: Effects<FusedOutcome>): Map<string, Settlement> {
  const places = new Map<string, Settlement>();
  if (settlement === undefined) return places;
  places.set(placeKey(task.planned.number, task.item), settlement);
  for (const row of effects.fused) places.set(placeKey(row.task, row.item), row.settlement);
  return places;
}

/** The status that the row takes. */
function rowStatus(outcome: TaskOutcome): string {
  if (outcome.status === 'released') return 'ready';
  if (outcome.status === 'failed' && outcome.retryInMs !== undefined) return 'scheduled';
  return outcome.status;
}

function addSource(
  into: unknown[][],
  task: ClaimedTask,
  outcome: TaskOutcome,
  effects: Effects<FusedOutcome>,
  held: SettleOptions['held'],
): void {
  const { execution } = task;
  const isRetry = outcome.status === 'failed' && outcome.retryInMs !== undefined;
  const hasOutput = !isRetry && (outcome.status === 'completed' || outcome.status === 'failed');
  const awaitingDelta = Number(outcome.status === 'awaiting_input') - Number(held === 'awaiting_input');
  add(into, [
    execution.organizationId,
    execution.id,
    task.id,
    execution.generation,
    task.generation,
    task.attempt,
    held,
    rowStatus(outcome),
    outcome.status === 'failed' ? (outcome.retryInMs ?? 0) : 0,
    hasOutput && outcome.output !== undefined ? storableJson(outcome.output) : null,
    keptInput(outcome),
    restOf(outcome),
    Number(outcome.status === 'failed'),
    outcome.status === 'skipped' || (outcome.status === 'cancelled' && outcome.neverRan === true),
    effects.endDelta,
    effects.failures,
    awaitingDelta,
  ]);
}

function keptInput(outcome: TaskOutcome): string | null {
  if (!('input' in outcome) || outcome.input === undefined) return null;
  const { input } = outcome;
  const isLarge = input.length > MAX_INPUT_BYTES / 3 && Buffer.byteLength(input) > MAX_INPUT_BYTES; // at most three bytes a character
  return isLarge ? null : storableJson(input);
}

/** What few outcomes have, as one object: absent keys are null columns. */
function restOf(outcome: TaskOutcome): string | null {
  const rest: Record<string, unknown> = {};
  if (outcome.status === 'completed' || outcome.status === 'failed') {
    if (outcome.outputKey !== undefined) rest.output_key = outcome.outputKey;
    if (outcome.summary !== undefined) rest.summary = outcome.summary;
    if (outcome.modifiedBy !== undefined) rest.modified_by = outcome.modifiedBy;
  }
  if (outcome.status === 'completed' && outcome.routes !== undefined) rest.routes = outcome.routes;
  if (outcome.status === 'failed') {
    rest.error = outcome.error;
    if (outcome.retryInMs !== undefined) rest.event_id = newId();
  }
  if (outcome.status === 'scheduled') rest.due = outcome.until.toISOString();
  if (outcome.status === 'scheduled' || outcome.status === 'awaiting_input') rest.checkpoint = outcome.checkpoint;
  if (outcome.status === 'awaiting_input') {
    rest.until = outcome.until?.toISOString();
    rest.topic = outcome.topic;
  }
  return jsonOrNull(rest);
}

function jsonOrNull(object: Record<string, unknown>): string | null {
  for (const _ in object) return storableJson(JSON.stringify(object));
  return null;
}

/** Of a row that is made again, its task's name finds the id that it had. Gates have no history. */
const nameToFindId = (task: ClaimedTask, planned: PlannedTask): string | null =>
  task.execution.generation > 0 && planned.kind === 'task' ? planned.name : null;

const plannedOf = (task: ClaimedTask, number: number): PlannedTask => (task.plan.tasks[number] as { planned: PlannedTask }).planned;

function addFused(into: unknown[][], source: number, task: ClaimedTask, row: Effects<FusedOutcome>['fused'][number]): void {
  const { settlement } = row;
  const planned = plannedOf(task, row.task);
  const rest: Record<string, unknown> = {};
  if (settlement.outputKey !== undefined) rest.output_key = settlement.outputKey;
  if (settlement.summary !== undefined) rest.summary = settlement.summary;
  if (settlement.routes !== undefined) rest.routes = settlement.routes;
  if (settlement.error !== undefined) rest.error = settlement.error;
  add(into, [
    source,
    newId(),
    row.task,
    row.item,
    settlement.status,
    settlement.output === undefined ? null : storableJson(settlement.output),
    jsonOrNull(rest),
    row.itemValue === undefined ? null : storableJson(row.itemValue),
    task.execution.rank + planned.rank,
    nameToFindId(task, planned),
  ]);
}

function addArrival(
  into: unknown[][],
  source: number,
  task: ClaimedTask,
  arrival: Arrival,
  budget: ClaimBudget,
  limited: LimitedExecutors,
): void {
  const planned = plannedOf(task, arrival.task);
  const lane = laneOf(planned, limited);
  add(into, [
    source,
    newId(),
    arrival.task,
    arrival.item,
    arrival.need,
    arrival.delta,
    arrival.alive,
    arrival.skipped,
    arrival.failed,
    arrival.itemValue === undefined ? null : storableJson(arrival.itemValue),
    task.execution.rank + planned.rank,
    lane,
    nameToFindId(task, planned),
    budget.take(lane),
  ]);
}

export const laneOf = (planned: PlannedTask, limited: LimitedExecutors): string =>
  planned.kind === 'task' && limited.has(planned.executor) ? planned.executor : '';

/** How many of the tasks that become ready may come back claimed, by lane. */
export class ClaimBudget {
  readonly #lanes: Map<string, number>;

  constructor({ claim, executors }: Pick<SettleOptions, 'claim' | 'executors'>) {
    this.#lanes = new Map([...Object.entries(executors), ['', claim], [SUSPECT_LANE, 0]]);
  }

  take(lane: string): boolean {
    const left = this.#lanes.get(lane) ?? 0;
    if (left <= 0) return false;
    this.#lanes.set(lane, left - 1);
    return true;
  }
}
