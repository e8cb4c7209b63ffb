// What an edit in a run that is under way changes in its rows: pure. The run is simulated with the new value in place of the old; what is downstream
// of it counts as not yet run. Rows that are not downstream stay as they are, in whoever's hands.
import type { Id, Json } from '#base';
import type { CompiledPlan, CompiledTask } from './compile-plan.ts';
import { findDownstream } from './find-downstream.ts';
import { isFinalTask, type TaskStatus } from './states.ts';
import { type Arrival, failsExecution, follow, placeKey, type Settlement } from './transitions.ts';

/** A row of lock-rows.sql. */
export interface EditableRow {
  id: Id;
  task: number;
  item: number;
  status: TaskStatus;
  stale_status: 'consistent' | 'stale';
  has_started: boolean;
  routes: string[] | null;
  /** Of a gate: the list that it fanned out over, as JSON text. */
  items: string | null;
}

export interface EditPlan {
  /** All rows downstream of the edited one. */
  downstream: EditableRow[];
  /** Change of the execution's failures. */
  failureDelta: number;
  /** In a run under way: what takes the place of the rows downstream; undefined where they may stay, since none has seen the old value. */
  requeue: Requeue | undefined;
}

export interface Requeue {
  arrivals: Arrival[];
  open: number;
  failures: number;
  /** Something downstream has been seen or is held by a worker: it goes to its history, and the next generation fences it. */
  opensGeneration: boolean;
}

const settlementOfRow = ({ status, routes, items }: EditableRow): Settlement | undefined =>
  isFinalTask(status)
    ? { status, routes: routes ?? undefined, items: items === null ? undefined : (JSON.parse(items) as Json[]) }
    : undefined;

/** `settlement` is what the edited row is to be. */
export function planEdit(
  plan: CompiledPlan,
  rows: readonly EditableRow[],
  edited: EditableRow,
  settlement: Pick<Settlement, 'status' | 'routes'>,
  options: { isUnderWay: boolean },
): EditPlan {
  const isSame = settlement.status === edited.status && sameRoutes(settlement.routes ?? [], edited.routes ?? []);
  const downstream = findDownstream(plan, rows, edited, { isSame, answer: settlementOfRow });
  const task = plan.tasks[edited.task] as CompiledTask;
  const failureDelta =
    Number(failsExecution(task, settlement.status)) - Number(edited.status === 'failed' && failsExecution(task, 'failed'));
  const mustRequeue = options.isUnderWay && (!isSame || downstream.some(hasStarted));
  const requeue = mustRequeue ? planRequeue(plan, rows, edited, settlement, downstream) : undefined;
  return { downstream, failureDelta, requeue };
}

const sameRoutes = (a: readonly string[], b: readonly string[]): boolean => JSON.stringify(a) === JSON.stringify(b);

/** A row that is ready for the first time reads the new value when it is claimed: its lock keeps it from being claimed before. */
/** What users see, so that its id must come back: all but a join that still waits. */
export const isSeen = ({ status, has_started }: EditableRow): boolean => has_started || status !== 'pending';

const hasStarted = ({ status, has_started }: EditableRow): boolean => has_started || !(status === 'pending' || status === 'ready');

/** What is downstream is left to workers, also where it is only to be skipped: a run that would end by this ends by the one road. */
function planRequeue(
  plan: CompiledPlan,
  rows: readonly EditableRow[],
  edited: EditableRow,
  settlement: Settlement,
  downstream: readonly EditableRow[],
): Requeue {
  const places = new Map(rows.map((row) => [placeKey(row.task, row.item), row]));
  const outdated = new Set(downstream.map(({ id }) => id));
  const answer = (row: EditableRow | undefined): Settlement | undefined => {
    if (row === undefined || outdated.has(row.id)) return undefined;
    return row.id === edited.id ? settlement : settlementOfRow(row);
  };
  const first = answer(places.get(placeKey(plan.first, 0)));
  if (first === undefined) throw new Error('the first task of a run with results has none');
  const effects = follow<Settlement>(plan, { task: plan.first, item: 0 }, first, (task, { item }) =>
    answer(places.get(placeKey(task.planned.number, item))),
  );
  const isRewritten = ({ task, item }: Arrival) => {
    const row = places.get(placeKey(task, item));
    return row === undefined || outdated.has(row.id);
  };
  return {
    arrivals: effects.arrivals.filter(isRewritten),
    open: plan.openEnds + effects.endDelta,
    failures: effects.failures,
    opensGeneration: downstream.some(isSeen),
  };
}
