// What a re-execution keeps, replaces and runs again: pure. A good result is kept where all that it was made from is kept and its task has not
// changed: the run is simulated from its first task by `follow`, in which the kept rows answer. What the simulation cannot settle is run again, and
// its joins have heard exactly the arrivals of what was kept, so that the engine goes on as if the kept rows had just been settled.
import type { Id, Json } from '#base';
import type { CompiledPlan, CompiledTask } from './compile-plan.ts';
import type { TaskStatus } from './states.ts';
import { type Arrival, type Effects, follow, placeKey, type Settlement } from './transitions.ts';

/** A row of read-rows.sql. */
export interface StoredRow {
  id: Id;
  task: number;
  item: number;
  status: TaskStatus;
  stale_status: 'consistent' | 'stale';
  routes: string[] | null;
  /** Of a gate: the list that it fanned out over, as JSON text. */
  items: string | null;
}

export interface RerunPlan {
  replaced: StoredRow[];
  /** Kept rows whose tasks have another number in the new version. */
  renumbered: { id: Id; task: number }[];
  /** Decided anew without running. */
  decided: { task: number; item: number; status: TaskStatus; itemValue: string | undefined }[];
  /** Rows to run again, or that wait for those. Empty: there is nothing to do. */
  arrivals: Arrival[];
  open: number;
  failures: number;
}

interface Reused extends Settlement {
  row?: StoredRow;
}

/** Everything again, from the first task. */
export function planFullRerun(rows: readonly StoredRow[], plan: CompiledPlan): RerunPlan {
  const first: Arrival = { task: plan.first, item: 0, need: 1, delta: -1, alive: 1, skipped: 0, failed: 0, itemValue: undefined };
  return { replaced: [...rows], renumbered: [], decided: [], arrivals: [first], open: plan.openEnds, failures: 0 };
}

/**
 * Only what failed, never ran, is stale or changed, and what lies downstream of those (core.md 3, POST execute). With `keepsFailed` failures are results
 * as well: only what is outdated runs again (core.md 4, PUT).
 */
export function planStaleRerun(
  rows: readonly StoredRow[],
  before: CompiledPlan,
  after: CompiledPlan,
  { keepsFailed }: { keepsFailed: boolean },
): RerunPlan {
  const places = placesInNewVersion(rows, before, after);
  const reusable = { before, after, keepsFailed };
  const first = goodResult(places.get(placeKey(after.first, 0)), reusable);
  if (first === undefined) return planFullRerun(rows, after);
  const effects = follow<Reused>(after, { task: after.first, item: 0 }, first, (task, { item, verdict }) => {
    const placed = places.get(placeKey(task.planned.number, item));
    if (verdict === 'run') return goodResult(placed, reusable);
    return placed?.row.stale_status === 'stale' ? undefined : { status: verdict }; // a worker skips it: where nothing else runs, the run ends by that
  });
  return fromEffects(rows, places, after, first, effects);
}

interface PlacedRow {
  row: StoredRow;
  task: number;
}

/** Rows by the place that they have in the new version. */
function placesInNewVersion(rows: readonly StoredRow[], before: CompiledPlan, after: CompiledPlan): Map<string, PlacedRow> {
  const numbers = new Map(after.tasks.map(({ planned }) => [`${planned.kind}/${planned.name}`, planned.number]));
  const places = new Map<string, PlacedRow>();
  for (const row of rows) {
    const old = before.tasks[row.task]?.planned;
    const task = old === undefined ? undefined : numbers.get(`${old.kind}/${old.name}`);
    if (task !== undefined) places.set(placeKey(task, row.item), { row, task });
  }
  return places;
}

/** A row's result, where it can be reused. */
function goodResult(
  placed: PlacedRow | undefined,
  { before, after, keepsFailed }: { before: CompiledPlan; after: CompiledPlan; keepsFailed: boolean },
): Reused | undefined {
  if (placed === undefined || placed.row.stale_status === 'stale') return undefined;
  const { status } = placed.row;
  if (status !== 'completed' && !(keepsFailed && status === 'failed')) return undefined;
  const old = before.tasks[placed.row.task];
  const task = after.tasks[placed.task];
  if (old === undefined || task === undefined || !isUnchanged(old, before, task, after)) return undefined;
  const { row } = placed;
  const items = row.items === null ? undefined : (JSON.parse(row.items) as Json[]);
  return { status, routes: row.routes ?? undefined, items, row };
}

function isUnchanged(old: CompiledTask, before: CompiledPlan, task: CompiledTask, after: CompiledPlan): boolean {
  return old.planned.fingerprint === task.planned.fingerprint && scopeNames(old, before) === scopeNames(task, after);
}

const scopeNames = (task: CompiledTask, plan: CompiledPlan): string =>
  JSON.stringify(task.planned.scope.map((gate) => plan.tasks[gate]?.planned.name));

function fromEffects(
  rows: readonly StoredRow[],
  places: ReadonlyMap<string, PlacedRow>,
  after: CompiledPlan,
  first: Reused,
  effects: Effects<Reused>,
): RerunPlan {
  const kept = new Map<Id, number>();
  const decided: RerunPlan['decided'] = [];
  if (first.row !== undefined) kept.set(first.row.id, after.first);
  for (const { task, item, itemValue, settlement } of effects.fused) {
    const row = settlement.row ?? sameDecision(places.get(placeKey(task, item)), settlement);
    if (row !== undefined) kept.set(row.id, task);
    else decided.push({ task, item, status: settlement.status, itemValue });
  }
  return {
    replaced: rows.filter(({ id }) => !kept.has(id)),
    renumbered: rows
      .filter(({ id, task }) => kept.has(id) && kept.get(id) !== task)
      .map(({ id }) => ({ id, task: kept.get(id) as number })),
    decided,
    arrivals: effects.arrivals,
    open: after.openEnds + effects.endDelta,
    failures: effects.failures,
  };
}

/** A skipped row stays where the new run skips it too. */
const sameDecision = (placed: PlacedRow | undefined, { status }: Settlement): StoredRow | undefined =>
  placed !== undefined && placed.row.status === status && placed.row.stale_status === 'consistent' ? placed.row : undefined;
