// A run in memory: its rows are a map, and what SQL adds up is added up by the same rules. One task at a time, in an order that `pick` draws. It edits
// and re-executes by the same pure parts as the engine: findDownstream, planEdit, planStaleRerun.
import type { Json } from '#base';
import { type Plan, planForTrigger } from '#language';
import { type CompiledPlan, type CompiledTask, compilePlan } from '../../src/engine/compile-plan.ts';
import { visibleItems } from '../../src/engine/item-path.ts';
import { type EditableRow, planEdit } from '../../src/engine/plan-edit.ts';
import { planStaleRerun } from '../../src/engine/plan-rerun.ts';
import { isFinalTask } from '../../src/engine/states.ts';
import { type Arrival, decideByVerdict, follow, placeKey, type Settlement, verdict } from '../../src/engine/transitions.ts';
import { type Answer, answer, type ReadValue } from './test-executor.ts';

interface MemoryRow extends EditableRow {
  waiting: number;
  alive: number;
  skipped: number;
  failed: number;
  itemValue: Json | undefined;
  answer: Answer | undefined;
}

export class MemoryRun {
  readonly rows = new Map<string, MemoryRow>();
  /** Places whose executor ran, in order. */
  ran: string[] = [];
  open: number;
  failures = 0;
  readonly #plan: CompiledPlan;
  readonly #id: string;

  constructor(plan: Plan, id: string) {
    const first = plan.inputTasks[0] as number;
    this.#plan = compilePlan(planForTrigger(plan, first), first);
    this.#id = id;
    this.open = this.#plan.openEnds;
    this.#arrive({ task: first, item: 0, need: 1, delta: -1, alive: 1, skipped: 0, failed: 0, itemValue: undefined });
  }

  get isOver(): boolean {
    return this.#with('ready').length + this.#with('running').length === 0;
  }

  /** Starts or ends one task; false where nothing is left. */
  step(pick: (n: number) => number): boolean {
    const able = [...this.#with('ready'), ...this.#with('running')];
    if (able.length === 0) return false;
    const row = able[pick(able.length)] as MemoryRow;
    if (row.status === 'running') this.#settle(row, this.#outcome(row));
    else this.#set(row, { status: 'running', has_started: true });
    return true;
  }

  finish(pick: (n: number) => number = () => 0): void {
    while (this.step(pick));
  }

  /** Places with a result of an executor's own, which an edit may replace. */
  editable(): string[] {
    return [...this.rows].filter(([, row]) => this.#task(row).planned.kind === 'task' && row.answer !== undefined).map(([key]) => key);
  }

  edit(key: string, to: Answer): void {
    const row = this.rows.get(key) as MemoryRow;
    const settlement = { status: to.status, routes: to.status === 'completed' ? to.routes : undefined };
    const planned = planEdit(this.#plan, [...this.rows.values()], row, settlement, { isUnderWay: !this.isOver });
    this.rows.set(key, { ...row, status: to.status, routes: settlement.routes ?? null, answer: to, stale_status: 'consistent' });
    if (this.isOver) {
      for (const stale of planned.downstream) this.#set(stale, { stale_status: 'stale' });
      this.failures += planned.failureDelta;
    } else if (planned.requeue === undefined) {
      this.failures += planned.failureDelta;
    } else {
      for (const { task, item } of planned.downstream) this.rows.delete(placeKey(task, item));
      for (const arrival of planned.requeue.arrivals) this.#arrive(arrival);
      this.open = planned.requeue.open;
      this.failures = planned.requeue.failures;
    }
  }

  rerunStale(): void {
    const rows = [...this.rows.values()];
    const rerun = planStaleRerun(rows, this.#plan, this.#plan, { keepsFailed: true });
    if (rerun.arrivals.length === 0) return;
    for (const { task, item } of rerun.replaced) this.rows.delete(placeKey(task, item));
    for (const { task, item, status } of rerun.decided) this.#insert(task, item, { status });
    for (const arrival of rerun.arrivals) this.#arrive(arrival);
    this.open = rerun.open;
    this.failures = rerun.failures;
  }

  #with = (status: MemoryRow['status']): MemoryRow[] => [...this.rows.values()].filter((row) => row.status === status);
  #task = ({ task }: { task: number }): CompiledTask => this.#plan.tasks[task] as CompiledTask;
  #set(row: EditableRow, change: Partial<MemoryRow>): void {
    const key = placeKey(row.task, row.item);
    this.rows.set(key, { ...(this.rows.get(key) as MemoryRow), ...change });
  }

  #insert(task: number, item: number, change: Partial<MemoryRow>): MemoryRow {
    const counters = { waiting: 0, alive: 0, skipped: 0, failed: 0, has_started: false };
    const about = { routes: null, items: null, itemValue: undefined, answer: undefined, stale_status: 'consistent' as const };
    const key = placeKey(task, item);
    const row: MemoryRow = { id: key, task, item, status: 'pending', ...counters, ...about, ...change };
    this.rows.set(key, row);
    return row;
  }

  #arrive({ task, item, need, delta, alive, skipped, failed, itemValue }: Arrival): void {
    const row = this.rows.get(placeKey(task, item)) ?? this.#insert(task, item, { waiting: need });
    if (row.status !== 'pending') throw new Error(`${task}/${item} hears of something after it was decided`);
    row.waiting += delta;
    row.alive += alive;
    row.skipped += skipped;
    row.failed += failed;
    row.itemValue ??= itemValue === undefined ? undefined : (JSON.parse(itemValue) as Json);
    if (row.waiting < 0) throw new Error(`${task}/${item} has heard too much`);
    if (row.waiting === 0) row.status = 'ready';
  }

  #outcome(row: MemoryRow): { settlement: Settlement; answer: Answer | undefined } {
    const task = this.#task(row);
    const decided = row.task === this.#plan.first ? 'run' : verdict(task, row);
    if (decided !== 'run') return { settlement: { status: decided }, answer: undefined };
    const place = { executionId: this.#id, item: row.item, itemValue: row.itemValue };
    const given = answer(task.planned, place, this.#reads(row));
    if (task.planned.kind === 'task') this.ran.push(placeKey(row.task, row.item));
    return { settlement: given.status === 'completed' ? { ...given, output: undefined } : given, answer: given };
  }

  #reads(row: MemoryRow): ReadValue[] {
    const depth = this.#task(row).depth;
    return this.#task(row).planned.reads.map(({ task: from }) => {
      const source = this.#plan.tasks[from] as CompiledTask;
      const { low, high } = visibleItems(row.item, depth, source.depth);
      const found = [...this.rows.values()]
        .filter((r) => r.task === from && r.item >= low && r.item <= high)
        .sort((a, b) => a.item - b.item);
      const outputOf = ({ answer: given }: MemoryRow) => (given?.status === 'completed' ? given.output : null);
      return { task: source.planned.name, values: found.map((r) => ({ item: r.item, value: outputOf(r) })) };
    });
  }

  #settle(row: MemoryRow, { settlement, answer: given }: { settlement: Settlement; answer: Answer | undefined }): void {
    const items = settlement.items === undefined ? null : JSON.stringify(settlement.items);
    this.#set(row, {
      status: settlement.status,
      answer: this.#task(row).planned.kind === 'task' ? given : undefined,
      routes: settlement.routes ? [...settlement.routes] : null,
      items,
    });
    const effects = follow<Settlement>(this.#plan, row, settlement, decideByVerdict);
    for (const fused of effects.fused) this.#insert(fused.task, fused.item, { status: fused.settlement.status });
    for (const arrival of effects.arrivals) this.#arrive(arrival);
    this.open += effects.endDelta;
    this.failures += effects.failures;
    if (!isFinalTask(settlement.status)) throw new Error('not settled');
  }
}
