import type { Plan, PlannedTask, RunIf } from '#language';
import { drawer } from './chance.ts';
import { planOf, type TaskSketch } from './plan-builder.ts';

/** Tasks whose executor chooses to wait for an event at first. */
export const WAITING_EXECUTOR = 'waiting_task';

const RUN_IFS: RunIf[] = ['all', 'all', 'all', 'any', 'always'];

/**
 * 2 to 30 tasks: joins, routes, on_failure, untriggered inputs, gates nested to three levels, collections over several, items that may fail,
 * retries, waiting and pure tasks.
 */
export function randomPlan(seed: string): Plan {
  const draw = drawer(seed);
  const size = 2 + draw(29);
  const tasks: TaskSketch[] = [{ after: [] }];
  const scopes: number[][] = [[]];
  if (draw(4) === 0) tasks.push({ after: [] });
  while (tasks.length < size) addTask(tasks, scopes, draw, size);
  return planOf(tasks);
}

/** Another version of a plan: some tasks are defined anew, and one more stands somewhere before the end, so that numbers move. */
export function changedPlan(plan: Plan, seed: string): Plan {
  const draw = drawer(seed);
  const place = 1 + draw(plan.tasks.length);
  const sources = plan.tasks.filter(({ number, kind, scope }) => number < place && kind === 'task' && scope.length === 0);
  const from = (sources[draw(sources.length)] as PlannedTask).number;
  const moved = (number: number): number => (number < place ? number : number + 1);
  const tasks: TaskSketch[] = plan.tasks.map(({ number: _, ...task }) => ({
    ...task,
    scope: task.scope.map(moved),
    after: task.after.map((edge) => ({ ...edge, from: moved(edge.from) })),
    reads: task.reads.map((read) => ({ ...read, task: moved(read.task) })),
    fingerprint: draw(6) === 0 ? `${task.fingerprint}'` : task.fingerprint,
  }));
  const added: TaskSketch = { name: `new${plan.tasks.length}`, after: [{ from }] };
  return planOf([...tasks.slice(0, place), added, ...tasks.slice(place)]);
}

type Draw = (n: number) => number;

function addTask(tasks: TaskSketch[], scopes: number[][], draw: Draw, size: number): void {
  const scope = scopes[draw(scopes.length)] as number[];
  const { own, below } = visibleFrom(tasks, scope);
  if (own.length + below.length === 0) return;
  const wantsGate = scope.length < 3 && own.length > 0 && draw(5) === 0 && tasks.length + 1 < size;
  if (wantsGate) addGate(tasks, scopes, scope, own, below, draw);
  else tasks.push(ordinaryTask(tasks.length, scope, pick(draw, [...own, ...below], 1 + draw(3)), draw));
}

/** Tasks of this scope, and tasks further in, which are seen as collections. */
function visibleFrom(tasks: readonly TaskSketch[], scope: readonly number[]): { own: number[]; below: number[] } {
  const own: number[] = [];
  const below: number[] = [];
  tasks.forEach(({ kind, scope: inner = [] }, number) => {
    if (kind === 'gate' || !scope.every((gate, level) => inner[level] === gate)) return;
    (inner.length === scope.length ? own : below).push(number);
  });
  return { own, below };
}

const pick = (draw: Draw, from: readonly number[], count: number): number[] => [
  ...new Set(Array.from({ length: count }, () => from[draw(from.length)] as number)),
];

const edge = (draw: Draw, from: number): PlannedTask['after'][number] =>
  draw(4) === 0 ? { from, route: 'ab'[draw(2)] as string } : { from };

function ordinaryTask(number: number, scope: number[], from: number[], draw: Draw): TaskSketch {
  const handlesFailure = draw(8) === 0;
  const after = from.map((f) => (handlesFailure && draw(3) > 0 ? { from: f, onFailure: true } : edge(draw, f)));
  const runIf = handlesFailure && draw(4) > 0 ? 'failed' : (RUN_IFS[draw(RUN_IFS.length)] as RunIf);
  const maxAttempts = 1 + draw(3);
  return {
    name: `t${number}`,
    scope,
    after,
    runIf,
    reads: from.map((task) => ({ task, mode: 'single' })),
    pure: draw(10) < 4,
    onItemFailure: draw(4) === 0 ? 'continue' : 'fail',
    executor: draw(10) === 0 ? WAITING_EXECUTOR : draw(6) === 0 ? 'limited_task' : 'test_task',
    rank: draw(3) - 1,
    retry: { maxAttempts, initialIntervalMs: 5, backoff: 2, maxIntervalMs: 30, nonRetryable: [] },
  };
}

/** A gate over a list that a task of its scope gave, and the task whose name it bears. */
function addGate(tasks: TaskSketch[], scopes: number[][], scope: number[], own: number[], below: number[], draw: Draw): void {
  const gate = tasks.length;
  const list = own[draw(own.length)] as number;
  const others = draw(3) === 0 ? pick(draw, [...own, ...below], 2).filter((from) => from !== list) : [];
  tasks.push({
    name: `t${gate + 1}`,
    kind: 'gate',
    scope,
    after: [{ from: list }, ...others.map((from) => edge(draw, from))],
    reads: [{ task: list, mode: 'single' }],
    runIf: RUN_IFS[draw(RUN_IFS.length)] as RunIf,
    pure: true,
  });
  scopes.push([...scope, gate]);
  const inner = ordinaryTask(gate + 1, [...scope, gate], [], draw);
  tasks.push({ ...inner, after: [{ from: gate }], reads: [], runIf: 'all', readsItem: true });
}
