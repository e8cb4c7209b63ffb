// What a run is, without the engine's means: no counters, no generations, no attempts, no slots as rows. A task is open when all that it follows is over;
// a claim gives it a hold, and only that hold may settle it; a limit is a number of runs. The engine's rows must say the same after each command.
import { type ExecutionStatus, isEditable, isEnded, isFinalTask, type TaskStatus } from '../../src/engine/states.ts';
import type { Shape } from './shapes.ts';

export interface ModelTask {
  status: TaskStatus;
  stale: boolean;
  /** Whose result counts; undefined: nobody's. */
  hold: number | undefined;
  /** Its worker has died. */
  isOrphan: boolean;
  /** An event has settled it, once its run has a slot. */
  isDecided: boolean;
  /** Its time has come, which the next tick finds. */
  isDue: boolean;
  hasStarted: boolean;
  losses: number;
}

export interface ModelRun {
  status: ExecutionStatus;
  /** Lower goes first; then the earlier one. */
  rank: number;
  number: number;
  shape: Shape;
  tasks: Map<string, ModelTask>;
}

export type Outcome = 'completed' | 'failed' | 'awaiting_input' | 'scheduled' | 'ready';

const RESUMES_FIRST = 20_000;
const MAX_LOSSES = 5;
const OPEN: readonly TaskStatus[] = ['pending', 'ready', 'running', 'awaiting_input', 'scheduled'];
const BUSY: readonly TaskStatus[] = ['ready', 'running', 'scheduled'];

const born = (status: TaskStatus): ModelTask => ({
  status,
  stale: false,
  hold: undefined,
  isOrphan: false,
  isDecided: false,
  isDue: false,
  hasStarted: isFinalTask(status),
  losses: 0,
});

/** Changes itself by each command; every method says whether the command is to be refused where it may be. */
export class Model {
  readonly limit: number;
  readonly runs: ModelRun[] = [];
  #holds = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  start(shape: Shape): ModelRun {
    const status = this.#hasSlot() ? 'running' : 'queued';
    const run: ModelRun = { status, rank: 0, number: this.runs.length, shape, tasks: new Map() };
    run.tasks.set(first(shape), born(status === 'running' ? 'ready' : 'pending'));
    this.runs.push(run);
    return run;
  }

  /** Answers the hold under which it may be settled. */
  claim(run: ModelRun, name: string): number {
    const task = taskOf(run, name);
    if (task.status !== 'ready') throw new Error(`${name} is ${task.status} and was claimed`);
    this.#holds++;
    Object.assign(task, { status: 'running', hold: this.#holds, hasStarted: true, isOrphan: false });
    return this.#holds;
  }

  /** False: it came too late, and changed nothing. */
  settle(run: ModelRun, name: string, hold: number, outcome: Outcome): boolean {
    const task = run.tasks.get(name);
    if (task === undefined || task.status !== 'running' || task.hold !== hold) return false;
    const decided = run.status === 'cancel_requested' ? 'cancelled' : (decidedStatus(run, name) ?? outcome);
    Object.assign(task, { hold: undefined, isDecided: false });
    if (isFinalTask(decided)) this.#finish(run, name, decided);
    else task.status = decided;
    return true;
  }

  /** An event for a task that waits; false where it does not. */
  decide(run: ModelRun, name: string): boolean {
    const task = run.tasks.get(name);
    if (task?.status !== 'awaiting_input' || task.isDecided) return false;
    if (run.status === 'waiting' && this.#hasSlot()) run.status = 'running';
    if (run.status === 'running') {
      this.#finish(run, name, 'completed');
    } else if (run.status === 'waiting') {
      Object.assign(run, { status: 'queued', rank: run.rank - RESUMES_FIRST });
      Object.assign(task, { status: 'pending', isDecided: true });
    } else task.isDecided = true;
    return true;
  }

  cancel(run: ModelRun): boolean {
    if (run.status === 'completed' || run.status === 'failed') return false;
    if (run.status === 'running') {
      run.status = 'cancel_requested';
      for (const task of run.tasks.values()) if (task.status === 'awaiting_input' || task.status === 'scheduled') task.status = 'ready';
    } else if (!isEnded(run.status) && run.status !== 'cancel_requested') {
      run.status = 'cancelled';
      for (const task of run.tasks.values()) if (!isFinalTask(task.status)) task.status = 'cancelled';
    }
    return true;
  }

  rerun(run: ModelRun, onlyStale: boolean): boolean {
    if (run.status === 'cancel_requested') return false;
    const kept = onlyStale ? goodTasks(run) : new Set<string>();
    if (run.shape.tasks.every((name) => kept.has(name))) return true;
    if (run.status !== 'running') run.status = this.#hasSlot() ? 'running' : 'queued';
    if (run.rank < -RESUMES_FIRST / 2) run.rank += RESUMES_FIRST;
    for (const name of run.shape.tasks) if (!kept.has(name)) run.tasks.delete(name);
    if (kept.size === 0) run.tasks.set(first(run.shape), born('ready'));
    this.#open(run, new Set());
    if (run.status === 'queued') for (const task of run.tasks.values()) if (task.status === 'ready') task.status = 'pending';
    return true;
  }

  /** A person's edit of a result, to a value that it has never had. */
  edit(run: ModelRun, name: string, status: 'completed' | 'failed'): boolean {
    const task = run.tasks.get(name);
    if (task === undefined || !isEditable(task.status) || run.status === 'cancel_requested') return false;
    const isSame = task.status === status;
    const outdated = downstream(run, name, isSame);
    Object.assign(task, { status, stale: false });
    if (isEnded(run.status)) {
      for (const other of outdated) taskOf(run, other).stale = true;
      if (run.status !== 'cancelled') run.status = hasFailed(run) ? 'failed' : 'completed';
    } else if (
      !isSame ||
      outdated.some((other) => taskOf(run, other).hasStarted || !['pending', 'ready'].includes(taskOf(run, other).status))
    ) {
      for (const other of outdated) run.tasks.delete(other);
      this.#open(run, new Set());
    }
    return true;
  }

  /** Its worker has died: its tasks are given back by the next tick. */
  lose(run: ModelRun, name: string, hold: number): void {
    const task = run.tasks.get(name);
    if (task?.status === 'running' && task.hold === hold) task.isOrphan = true;
  }

  /** Its worker drains: ready again with the next tick, nothing counted. */
  giveBack(run: ModelRun, name: string, hold: number): void {
    const task = run.tasks.get(name);
    if (task?.status === 'running' && task.hold === hold) Object.assign(task, { status: 'scheduled', isDue: true, hold: undefined });
  }

  /** All that ticks come to. What was given back is due at once; with `movesTime` the time of all that sleeps has come. */
  tick(movesTime: boolean): void {
    for (const run of this.runs) {
      for (const task of run.tasks.values()) {
        if (task.status === 'scheduled' && (movesTime || task.isDue)) Object.assign(task, { status: 'ready', isDue: false });
        if (task.status === 'running' && task.isOrphan)
          Object.assign(task, { status: 'ready', hold: undefined, isOrphan: false, losses: task.losses + 1 });
        if (task.status === 'awaiting_input' && task.isDecided && run.status === 'running') task.status = 'ready';
      }
    }
    const count = this.runs.map(({ status }) => status).join();
    this.#promote();
    for (const run of this.runs) if (isIdle(run)) run.status = 'waiting';
    this.#promote();
    if (this.runs.map(({ status }) => status).join() !== count) this.tick(movesTime);
  }

  /** Runs under way. */
  get held(): number {
    return this.runs.filter(({ status }) => status === 'running' || status === 'cancel_requested').length;
  }

  #hasSlot = (): boolean => this.held < this.limit;

  #promote(): void {
    const queued = this.runs.filter(({ status }) => status === 'queued').sort((a, b) => a.rank - b.rank || a.number - b.number);
    for (const run of queued.slice(0, Math.max(0, this.limit - this.held))) {
      run.status = 'running';
      if (run.rank < -RESUMES_FIRST / 2) run.rank += RESUMES_FIRST;
      for (const [name, task] of run.tasks) if (task.status === 'pending' && isDue(run, name)) task.status = 'ready';
    }
  }

  #finish(run: ModelRun, name: string, status: TaskStatus): void {
    Object.assign(taskOf(run, name), { status, hold: undefined, hasStarted: true });
    this.#open(run, new Set([name]));
    if (run.shape.tasks.some((other) => !isOver(run, other))) return;
    run.status = run.status === 'cancel_requested' ? 'cancelled' : hasFailed(run) ? 'failed' : 'completed';
    this.#promote();
  }

  /** What follows from the tasks that have just been settled. What hears of nothing else, and is not to run, is settled with them. */
  #open(run: ModelRun, settled: Set<string>): void {
    for (const name of run.shape.tasks.slice(1)) {
      const sources = run.shape.after[name] ?? [];
      const task = run.tasks.get(name);
      if (task !== undefined && task.status !== 'pending') continue;
      if (!sources.some((source) => isOver(run, source)) || task?.isDecided) continue;
      const isWholly = task === undefined && sources.every((source) => settled.has(source));
      if (isWholly && decidedStatus(run, name) === 'cancelled') {
        run.tasks.set(name, born('cancelled'));
        settled.add(name);
      } else
        run.tasks.set(name, { ...(task ?? born('pending')), status: sources.every((source) => isOver(run, source)) ? 'ready' : 'pending' });
    }
  }
}

export const first = (shape: Shape): string => shape.tasks[0] as string;
const taskOf = (run: ModelRun, name: string): ModelTask => run.tasks.get(name) as ModelTask;
const isOver = (run: ModelRun, name: string): boolean => isFinalTask(run.tasks.get(name)?.status ?? 'pending');
const isDue = (run: ModelRun, name: string): boolean =>
  taskOf(run, name).isDecided || (run.shape.after[name] ?? []).every((from) => isOver(run, from));
const hasFailed = (run: ModelRun): boolean => [...run.tasks.values()].some(({ status }) => status === 'failed');

/** How it ends without running. */
function decidedStatus(run: ModelRun, name: string): TaskStatus | undefined {
  const task = run.tasks.get(name);
  const isCut = (run.shape.after[name] ?? []).some((from) => ['failed', 'cancelled'].includes(run.tasks.get(from)?.status ?? ''));
  if (isCut) return 'cancelled';
  if (task?.isDecided) return 'completed';
  return (task?.losses ?? 0) > MAX_LOSSES ? 'failed' : undefined;
}

function isIdle({ status, tasks }: ModelRun): boolean {
  const all = [...tasks.values()];
  const waits = all.filter((task) => task.status === 'awaiting_input');
  return (
    status === 'running' && waits.length > 0 && !all.some((task) => BUSY.includes(task.status)) && !waits.some((task) => task.isDecided)
  );
}

/** Those that a re-execution of what is stale keeps: completed, and made from what is kept. */
function goodTasks(run: ModelRun): Set<string> {
  const good = new Set<string>();
  for (const name of run.shape.tasks) {
    const task = run.tasks.get(name);
    const sources = run.shape.after[name] ?? [];
    if (task?.status === 'completed' && !task.stale && sources.every((source) => good.has(source))) good.add(name);
  }
  return good;
}

/** What an edit outdates. What follows the edited task itself, and was passed over for a reason that still holds, is not. */
function downstream(run: ModelRun, edited: string, isSame: boolean): string[] {
  const found = new Set<string>();
  for (const name of run.shape.tasks) {
    const sources = run.shape.after[name] ?? [];
    const isPassedOver =
      isSame &&
      run.tasks.get(name)?.status === 'cancelled' &&
      sources.every((source) => isOver(run, source)) &&
      decidedStatus(run, name) === 'cancelled';
    if (sources.some((source) => found.has(source)) || (sources.includes(edited) && !isPassedOver)) found.add(name);
  }
  return [...found].filter((name) => run.tasks.has(name));
}

/** As a line, to be compared with the rows. */
export const describeRun = (run: ModelRun): string =>
  `${run.status}: ${run.shape.tasks
    .filter((name) => run.tasks.has(name))
    .map((name) => `${name} ${taskOf(run, name).status}${taskOf(run, name).stale ? ' stale' : ''}`)
    .join(', ')}`;

export const hasOpenTasks = (run: ModelRun): boolean => [...run.tasks.values()].some(({ status }) => OPEN.includes(status));
