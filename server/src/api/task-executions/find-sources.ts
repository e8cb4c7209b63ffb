// Where the data of a pass-through task come from (source_task_executions of core.md 4): followed from reference to reference through the plan, so that
// nothing is stored and older runs have it too.
import { outerItem } from '#engine';
import type { PassedValue, Plan, PlannedTask } from '#language';

interface TaskPlace {
  task_name: string;
  task_execution_idx: number;
}

export interface SourceTaskExecutions {
  /** Who made the data. */
  root: TaskPlace;
  /** The same by field of the output (`data`, `data.total`, `rows[0]`), where fields were passed and not the output as one value. */
  fields: Record<string, TaskPlace>;
}

type Path = PassedValue['path'];

/** No value of JSON that is taken is deeper, so a longer path leads nowhere. */
const MAX_PATH = 64;

/**
 * Who made what this task passes on: the task that the data come from, through others that pass them on to the first that does not. Null where the
 * task passes nothing on, and where there is no single source: several tasks, or all items of a fan-out. Within a fan-out the item is the same.
 */
export function findSources(plan: Plan, task: number, item: number): SourceTaskExecutions | null {
  const planned = plan.tasks[task];
  if (!planned?.passes) return null;
  const root = findOrigin(plan, task);
  if (root === undefined) return null;
  const place = toPlace(plan, planned, item, root);
  const fields = planned.passes.filter(({ at }) => at.length > 0).map(({ at }) => [printField(at), place] as const);
  return { root: place, fields: Object.fromEntries(fields) };
}

/** A reference item by item is one to a task around the same items, or around fewer of them. */
function toPlace(plan: Plan, { scope }: PlannedTask, item: number, origin: number): TaskPlace {
  const source = plan.tasks[origin] as PlannedTask;
  return { task_name: source.name, task_execution_idx: outerItem(item, scope.length - source.scope.length) };
}

const printField = (at: Path): string => at.map((key, i) => (typeof key === 'number' ? `[${key}]` : i === 0 ? key : `.${key}`)).join('');

/**
 * The one task that made the output of this one. Every place is looked at once and without recursion: in a chain where each task refers to the one
 * before twice the ways double with each task, and a chain may be as long as a flow.
 */
function findOrigin(plan: Plan, task: number): number | undefined {
  const places = new Map<string, { task: number; path: Path }>();
  const add = (place: { task: number; path: Path }) => places.set(`${place.task} ${JSON.stringify(place.path)}`, place);
  const origins = new Set<number>();
  add({ task, path: [] });
  for (const place of places.values()) {
    const passes = passesWithin(plan, place);
    if (passes.length === 0) origins.add(place.task); // what it passes on lies elsewhere: this it made itself
    for (const { at, path, mode, task: from } of passes) {
      const next = [...path, ...place.path.slice(at.length)];
      if (mode === 'collection' || next.length > MAX_PATH) return undefined;
      add({ task: from, path: next });
    }
    if (origins.size > 1) return undefined;
  }
  return origins.values().next().value;
}

const passesWithin = (plan: Plan, { task, path }: { task: number; path: Path }): PassedValue[] =>
  plan.tasks[task]?.passes?.filter(({ at }) => isWithin(path, at) || isWithin(at, path)) ?? [];

/** Whether a path leads to the outer one's value or into it. */
const isWithin = (path: Path, outer: Path): boolean => outer.every((key, depth) => path[depth] === key);
