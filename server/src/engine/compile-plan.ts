import type { PlannedTask } from '#language';
import { MAX_DEPTH } from './item-path.ts';

/** One edge out of a task: worth one arrival at `to`. */
export interface Edge {
  to: number;
  /** How many scopes the edge leaves. */
  levels: number;
  route: string | undefined;
  onFailure: boolean;
  never: boolean;
}

export interface Exit {
  to: number;
  levels: number;
  /** The edge hears of failures, and the gate's own is one: it bears the name of the task that the edge comes from. */
  onFailure: boolean;
}

export interface CompiledTask {
  planned: PlannedTask;
  depth: number;
  /** Arrivals that decide it, before any fan-out multiplies them. */
  need: number;
  next: Edge[];
  /** Of a gate: the edges that leave its scope. Its items multiply them. */
  exits: Exit[];
  /** It is there for the failure of others (on_failure): without one it is skipped. */
  handlesFailure: boolean;
  /** Gates whose items this task collects, at its own depth. */
  gates: number[];
  /** Nothing follows it: its end is one of the execution's open ends. */
  isEnd: boolean;
  /** Of a gate: open ends within its scope. Its items multiply them. */
  endsInside: number;
}

/** A plan with its edges turned round, for one triggered input task: the only task that waits for nothing. */
export interface CompiledPlan {
  tasks: CompiledTask[];
  first: number;
  openEnds: number;
}

/**
 * Compiles the tasks of `planForTrigger`. An edge stays in its scope, enters the scope of the gate that it comes from, or leaves scopes; an
 * edge from outside into a scope's body is the planner's to lift to the gate, so it throws here, as do a second source and a fourth level.
 */
export function compilePlan(planned: readonly PlannedTask[], first: number): CompiledPlan {
  const tasks = planned.map((task) => compileTask(task, planned));
  for (const task of tasks) {
    for (const predecessor of task.planned.after) {
      connect(tasks, task, predecessor);
    }
    if (task.planned.after.length === 0 && task.planned.number !== first) throw new Error(`task ${task.planned.name} waits for nothing`);
  }
  for (const task of tasks) {
    task.isEnd = task.next.length === 0;
    if (task.isEnd) for (const gate of task.planned.scope) (tasks[gate] as CompiledTask).endsInside++;
  }
  return { tasks, first, openEnds: tasks.filter((task) => task.isEnd).length };
}

function compileTask(task: PlannedTask, planned: readonly PlannedTask[]): CompiledTask {
  if (task.scope.length > MAX_DEPTH) throw new Error(`task ${task.name} is nested deeper than ${MAX_DEPTH} levels`);
  const collected = task.after.map(({ from }) => planned[from]?.scope[task.scope.length]).filter((gate) => gate !== undefined);
  return {
    planned: task,
    depth: task.scope.length,
    need: Math.max(1, task.after.length),
    next: [],
    exits: [],
    handlesFailure: task.runIf === 'failed' || task.after.some(({ onFailure }) => onFailure),
    gates: [...new Set(collected)],
    isEnd: false,
    endsInside: 0,
  };
}

function connect(tasks: CompiledTask[], target: CompiledTask, { from, route, onFailure, never }: PlannedTask['after'][number]): void {
  const source = tasks[from];
  if (source === undefined) throw new Error(`task ${target.planned.name} follows task ${from}, which does not exist`);
  const to = target.planned.number;
  const entered = source.planned.kind === 'gate' ? [...source.planned.scope, from] : source.planned.scope;
  const enters = source.planned.kind === 'gate';
  const fits = enters ? sameScope(entered, target.planned.scope) : isWithin(source.planned.scope, target.planned.scope);
  if (!fits) throw new Error(`the edge from ${source.planned.name} to ${target.planned.name} crosses into a scope`);
  source.next.push({ to, levels: enters ? 0 : source.depth - target.depth, route, onFailure: onFailure === true, never: never === true });
  if (enters) return;
  for (const gate of source.planned.scope.slice(target.depth)) {
    const compiled = tasks[gate] as CompiledTask;
    const isOwn = compiled.planned.name === source.planned.name;
    compiled.exits.push({ to, levels: compiled.depth - target.depth, onFailure: onFailure === true && isOwn });
  }
}

const isWithin = (scope: readonly number[], outer: readonly number[]): boolean => outer.every((gate, level) => scope[level] === gate);
const sameScope = (a: readonly number[], b: readonly number[]): boolean => a.length === b.length && isWithin(a, b);
