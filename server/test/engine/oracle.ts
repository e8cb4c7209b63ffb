// What a run must come to, top down, by the rules of the language alone: no counters, no order, no database.
import { type Plan, type PlannedTask, type Predecessor, planForTrigger } from '#language';
import { innerItem, visibleItems } from '../../src/engine/item-path.ts';
import { type Answer, answer, type ReadValue } from './test-executor.ts';

export interface OracleState {
  status: 'completed' | 'failed' | 'skipped' | 'cancelled';
  answer: Answer | undefined;
}

export interface OracleRun {
  /** By `task/item`. */
  states: ReadonlyMap<string, OracleState>;
  status: 'completed' | 'failed';
}

type Mark = 'alive' | 'skipped' | 'failed';

/** Answers that do not come from the executor, by `task/item`: results that were edited. */
export type Pinned = ReadonlyMap<string, Answer>;

export function oracle(plan: Plan, executionId: string, pinned: Pinned = new Map()): OracleRun {
  return new Oracle(planForTrigger(plan, plan.inputTasks[0] as number), executionId, pinned).result();
}

/** Where a place's fate comes from, instance by instance: each place that it hears of or reads. */
export function dependencies(plan: Plan, run: OracleRun): ReadonlyMap<string, readonly string[]> {
  const tasks = planForTrigger(plan, plan.inputTasks[0] as number);
  const places = [...run.states.keys()].map((key) => key.split('/').map(Number) as [number, number]);
  return new Map(places.map(([task, item]) => [`${task}/${item}`, before(tasks, places, task, item)]));
}

function before(tasks: PlannedTask[], places: readonly [number, number][], task: number, item: number): string[] {
  const target = tasks[task] as PlannedTask;
  const from = new Set([...target.after.filter(({ never }) => !never).map((edge) => edge.from), ...target.reads.map((read) => read.task)]);
  const gates = [...from].flatMap((source) => (tasks[source] as PlannedTask).scope.slice(target.scope.length));
  return places
    .filter(([source]) => from.has(source) || gates.includes(source))
    .filter(([source, at]) => {
      const { low, high } = visibleItems(item, target.scope.length, (tasks[source] as PlannedTask).scope.length);
      return at >= low && at <= high;
    })
    .map(([source, at]) => `${source}/${at}`);
}

class Oracle {
  readonly #tasks: PlannedTask[];
  readonly #executionId: string;
  readonly #pinned: Pinned;
  readonly #states = new Map<string, OracleState>();

  constructor(tasks: PlannedTask[], executionId: string, pinned: Pinned) {
    this.#tasks = tasks;
    this.#pinned = pinned;
    this.#executionId = executionId;
    for (const task of tasks)
      for (const item of this.#items(task.scope)) this.#states.set(`${task.number}/${item}`, this.#decide(task, item));
  }

  result(): OracleRun {
    const fails = [...this.#states].some(
      ([place, { status }]) => status === 'failed' && !this.#isTolerated(this.#tasks[Number(place.split('/')[0])] as PlannedTask),
    );
    return { states: this.#states, status: fails ? 'failed' : 'completed' };
  }

  #isTolerated = (task: PlannedTask): boolean => task.kind === 'task' && task.onItemFailure === 'continue';

  #at(task: number, item: number): OracleState | undefined {
    return this.#states.get(`${task}/${item}`);
  }

  #itemCount(gate: number, item: number): number {
    const state = this.#at(gate, item);
    return state?.answer?.status === 'completed' ? state.answer.items.length : 0;
  }

  #items(scope: readonly number[]): number[] {
    let items = [0];
    for (const gate of scope)
      items = items.flatMap((item) => Array.from({ length: this.#itemCount(gate, item) }, (_, index) => innerItem(item, index)));
    return items;
  }

  #decide(task: PlannedTask, item: number): OracleState {
    const known = this.#pinned.get(`${task.number}/${item}`);
    if (known !== undefined) return { status: known.status, answer: known };
    const marks = task.after.flatMap((edge) => this.#marks(task, edge, item, task.scope.length));
    const decision = task.after.length === 0 ? 'run' : decide(task, marks);
    if (decision !== 'run') return { status: decision, answer: undefined };
    const itemValue = this.#itemValue(task, item);
    const given = answer(task, { executionId: this.#executionId, item, itemValue }, this.#reads(task, item));
    return { status: given.status, answer: given };
  }

  #itemValue(task: PlannedTask, item: number) {
    const gate = task.scope.at(-1);
    return gate === undefined ? undefined : { of: this.#tasks[gate]?.name ?? '', i: item % 2 ** 17 };
  }

  /** One mark for each instance that the edge comes from, as the target sees it; none for an item that is only missing. */
  #marks(target: PlannedTask, edge: Predecessor, item: number, depth: number): Mark[] {
    const source = this.#tasks[edge.from] as PlannedTask;
    if (edge.never) return ['skipped'];
    if (source.kind === 'gate') return ['alive'];
    const isItem = depth > target.scope.length;
    if (source.scope.length === depth) return this.#markOf(target, edge, source, this.#at(edge.from, item) as OracleState, isItem);
    const gate = source.scope[depth] as number;
    const state = this.#at(gate, item) as OracleState;
    if (state.status === 'completed') {
      const count = this.#itemCount(gate, item);
      if (count === 0) return ['alive'];
      return Array.from({ length: count }, (_, index) => this.#marks(target, edge, innerItem(item, index), depth + 1)).flat();
    }
    if (edge.onFailure && this.#tasks[gate]?.name === source.name) return state.status === 'failed' ? ['failed'] : [];
    return state.status === 'skipped' || overlooksFailures(target) ? missing(isItem) : ['failed'];
  }

  #markOf(target: PlannedTask, edge: Predecessor, source: PlannedTask, { status, answer: given }: OracleState, isItem: boolean): Mark[] {
    if (edge.onFailure) return status === 'failed' ? ['failed'] : [];
    if (status === 'completed') {
      const taken = edge.route === undefined || (given?.status === 'completed' && given.routes.includes(edge.route));
      return taken ? ['alive'] : missing(isItem);
    }
    const harmless = status === 'skipped' || overlooksFailures(target) || (status === 'failed' && this.#isTolerated(source));
    return harmless ? missing(isItem) : ['failed'];
  }

  #reads(task: PlannedTask, item: number): ReadValue[] {
    return task.reads.map(({ task: from }) => {
      const source = this.#tasks[from] as PlannedTask;
      const { low, high } = visibleItems(item, task.scope.length, source.scope.length);
      const places = this.#items(source.scope).filter((at) => at >= low && at <= high);
      const values = places.map((at) => {
        const given = this.#at(from, at)?.answer;
        return { item: at, value: given?.status === 'completed' ? given.output : null };
      });
      return { task: source.name, values };
    });
  }
}

const missing = (isItem: boolean): Mark[] => (isItem ? [] : ['skipped']);

const handlesFailure = ({ runIf, after }: PlannedTask): boolean => runIf === 'failed' || after.some(({ onFailure }) => onFailure);

/** A handler of some tasks' failures; the flow's own hears of every failure. */
const overlooksFailures = (task: PlannedTask): boolean => handlesFailure(task) && task.runIf !== 'failed';

function decide(task: PlannedTask, marks: readonly Mark[]): 'run' | 'skipped' | 'cancelled' {
  const { runIf } = task;
  const failed = marks.includes('failed');
  if (runIf === 'always') return 'run';
  if (handlesFailure(task)) return failed && (runIf !== 'all' || !marks.includes('skipped')) ? 'run' : 'skipped';
  if (failed) return 'cancelled';
  if (runIf === 'any') return marks.includes('alive') ? 'run' : 'skipped';
  return marks.includes('skipped') ? 'skipped' : 'run';
}
