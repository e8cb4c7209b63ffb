// Which places of a run an edit makes outdated: pure. Exact to the item: what follows item i of a fan-out is item i's own dependents, and what
// collects the list. A gate whose list may change takes all its items with it. Everything further on is outdated too, since it may come out
// otherwise; of what follows the edited row itself, that which was passed over for a reason that still holds is not.
import type { CompiledPlan, CompiledTask } from './compile-plan.ts';
import { outerItem } from './item-path.ts';
import { isFinalTask, type TaskStatus } from './states.ts';
import { follow, placeKey, type Settlement, type Verdict } from './transitions.ts';

/** A row as far as it says where it is and how it stands. */
export interface PlacedStatus {
  task: number;
  item: number;
  status: TaskStatus;
  routes: readonly string[] | null;
}

export interface Place {
  task: number;
  item: number;
}

/** How a row stands in a simulation of its run: `undefined` while it is open. */
export type Answer<R extends PlacedStatus> = (row: R) => Settlement | undefined;

/** Rows downstream of the edited one. `isSame`: its status and routes are as before, only its value is another. */
export function findDownstream<R extends PlacedStatus>(
  plan: CompiledPlan,
  rows: readonly R[],
  edited: R,
  { isSame, answer }: { isSame: boolean; answer: Answer<R> },
): R[] {
  const index = indexByTask(rows);
  const passedOver = isSame ? findPassedOver(plan, index, answer) : new Set<string>();
  const found = new Map<string, Place>();
  const queue: Place[] = [edited];
  for (let next = 0; next < queue.length; next++) {
    const at = queue[next] as Place;
    for (const place of successors(plan, index, at)) {
      const key = placeKey(place.task, place.item);
      if (found.has(key) || (at === edited && passedOver.has(key))) continue;
      found.set(key, place);
      queue.push(place);
    }
  }
  return [...found.values()].flatMap(({ task, item }) => index.get(task)?.get(item) ?? []);
}

type TaskIndex<R> = ReadonlyMap<number, ReadonlyMap<number, R>>;

function indexByTask<R extends Place>(rows: readonly R[]): TaskIndex<R> {
  const index = new Map<number, Map<number, R>>();
  for (const row of rows) {
    const items = index.get(row.task) ?? new Map<number, R>();
    index.set(row.task, items.set(row.item, row));
  }
  return index;
}

/** Places that hear of this one, item by item. */
function* successors(plan: CompiledPlan, index: TaskIndex<Place>, { task, item }: Place): Generator<Place> {
  const source = plan.tasks[task] as CompiledTask;
  if (source.planned.kind !== 'gate') {
    for (const edge of source.next) if (!edge.never) yield { task: edge.to, item: outerItem(item, edge.levels) };
    return;
  }
  for (const edge of source.next) {
    for (const inner of index.get(edge.to)?.keys() ?? []) if (outerItem(inner, 1) === item) yield { task: edge.to, item: inner };
  }
  for (const exit of source.exits) yield { task: exit.to, item: outerItem(item, exit.levels) };
}

/** Rows that no run reached, by what their predecessors came to: a route that was not taken, a failure elsewhere. */
function findPassedOver<R extends PlacedStatus>(plan: CompiledPlan, index: TaskIndex<R>, answer: Answer<R>): Set<string> {
  const passedOver = new Set<string>();
  const first = index.get(plan.first)?.get(0);
  const settlement = first && answer(first);
  if (settlement === undefined) return passedOver;
  follow<Settlement>(plan, { task: plan.first, item: 0 }, settlement, (task, { item, verdict }) => {
    const row = index.get(task.planned.number)?.get(item);
    if (row === undefined) return undefined;
    if (isPassedOver(row, verdict)) passedOver.add(placeKey(row.task, row.item));
    return answer(row);
  });
  return passedOver;
}

const isPassedOver = ({ status }: PlacedStatus, verdict: Verdict): boolean =>
  verdict !== 'run' && isFinalTask(status) && (status === 'skipped' || status === 'cancelled');
