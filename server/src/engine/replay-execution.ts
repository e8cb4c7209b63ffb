// Replays an execution by its plan: its settled rows answer, and what `follow` then says must be there is compared with what is there. Waiting
// counters, open ends, failures, skips, the items of each fan-out and each collector are one comparison.
import type { Id, Json } from '#base';
import type { CompiledPlan, CompiledTask } from './compile-plan.ts';
import type { Violation } from './history-invariants.ts';
import { type ExecutionStatus, isFinalTask, type TaskStatus } from './states.ts';
import { follow, placeKey, type Settlement, type Verdict } from './transitions.ts';

export interface ReplayExecution {
  organization_id: Id;
  id: Id;
  flow_version_id: Id;
  first_task: number;
  generation: number;
  status: ExecutionStatus;
  open: number;
  failures: number;
}

export interface ReplayRow {
  id: Id;
  task: number;
  item: number;
  status: TaskStatus;
  generation: number;
  stale_status: 'consistent' | 'stale';
  edited_status: string;
  need: number;
  waiting: number;
  alive: number;
  skipped: number;
  failed: number;
  tries: number;
  routes: string[] | null;
  started_at: Date | null;
  completed_at: Date | null;
  items: string | null;
}

const COMPARED = ['waiting', 'alive', 'skipped', 'failed'] as const;

/** What differs from the plan. In a cancelled execution cancelled rows stand for whatever the plan would have had. */
export function replayExecution(plan: CompiledPlan, execution: ReplayExecution, rows: readonly ReplayRow[]): Violation[] {
  const replay = new Replay(plan, execution, rows);
  return replay.compare();
}

class Replay {
  readonly #plan: CompiledPlan;
  readonly #execution: ReplayExecution;
  readonly #rows: Map<string, ReplayRow>;
  readonly #violations: Violation[] = [];

  constructor(plan: CompiledPlan, execution: ReplayExecution, rows: readonly ReplayRow[]) {
    this.#plan = plan;
    this.#execution = execution;
    this.#rows = new Map(rows.map((row) => [placeKey(row.task, row.item), row]));
  }

  compare(): Violation[] {
    const { first } = this.#plan;
    const root = this.#rows.get(placeKey(first, 0));
    if (root === undefined) return [this.#violation('I9', 'its first task execution is missing', {})];
    for (const row of this.#rows.values()) this.#compareTries(row);
    if (!isFinalTask(root.status)) return this.#violations;
    if (this.#execution.status === 'cancelled' || this.#execution.status === 'cancel_requested') return this.#violations;
    const effects = follow<Settlement>(this.#plan, { task: first, item: 0 }, settlementOfRow(root), (task, { item, verdict }) =>
      this.#settled(task, item, verdict),
    );
    for (const arrival of effects.arrivals) this.#compareOpen(arrival);
    const expected = effects.fused.length + effects.arrivals.length + 1;
    if (expected !== this.#rows.size)
      this.#say('I16', 'has rows that its plan does not have, or lacks some', { expected, found: this.#rows.size });
    const open = this.#plan.openEnds + effects.endDelta;
    if (open !== this.#execution.open) this.#say('I9', 'counts its open ends wrongly', { expected: open, found: this.#execution.open });
    const { failures } = this.#execution;
    if (effects.failures !== failures) this.#say('I9', 'counts its failures wrongly', { expected: effects.failures, found: failures });
    return this.#violations;
  }

  /** A settled row answers; an open one ends the replay there. */
  #settled(task: CompiledTask, item: number, verdict: Verdict): Settlement | undefined {
    const row = this.#rows.get(placeKey(task.planned.number, item));
    if (row === undefined || !isFinalTask(row.status)) return undefined;
    this.#compareTimes(task, row);
    const isAsDecided = verdict === 'run' ? row.status === 'completed' || row.status === 'failed' : row.status === verdict;
    const isSaid = row.edited_status !== 'not_edited'; // what a person has said of a task stands, whatever its plan would have had
    if (!isAsDecided && !isSaid && row.stale_status === 'consistent')
      this.#say('I9', 'is not as its plan has it', { task: row.task, item, expected: verdict, found: row.status });
    return settlementOfRow(row);
  }

  /** I8: a task that ran began after all that it waits for, in its own scope and generation, had ended. */
  #compareTimes(task: CompiledTask, row: ReplayRow): void {
    for (const { from } of task.planned.after) {
      const source = this.#plan.tasks[from] as CompiledTask;
      const before = source.depth === task.depth ? this.#rows.get(placeKey(from, row.item)) : undefined;
      if (before === undefined || row.started_at === null || before.generation !== row.generation) continue;
      if (before.completed_at === null || before.completed_at > row.started_at) {
        this.#say('I8', 'started before what it waits for had ended', { task: row.task, item: row.item, after: from });
      }
    }
  }

  #compareTries(row: ReplayRow): void {
    const planned = this.#plan.tasks[row.task]?.planned;
    if (planned !== undefined && row.tries > planned.retry.maxAttempts) {
      this.#say('I18', 'was tried more often than its policy allows', { task: row.task, item: row.item, tries: row.tries });
    }
  }

  #compareOpen(arrival: { task: number; item: number; need: number; delta: number; alive: number; skipped: number; failed: number }): void {
    const { task, item } = arrival;
    const row = this.#rows.get(placeKey(task, item));
    const expected = { ...arrival, waiting: arrival.need + arrival.delta };
    const differs = row === undefined || COMPARED.some((counter) => row[counter] !== expected[counter]);
    const isPending = row?.status === 'pending';
    const waits = expected.waiting > 0;
    const queued = this.#execution.status === 'queued';
    if (differs || (isPending !== waits && !queued)) {
      const found = row && { status: row.status, waiting: row.waiting, alive: row.alive, skipped: row.skipped, failed: row.failed };
      this.#say('I9', 'has counted its arrivals wrongly', { task, item, waiting: expected.waiting, found });
    }
  }

  #say(invariant: string, what: string, row: Record<string, unknown>): void {
    this.#violations.push(this.#violation(invariant, what, row));
  }

  #violation(invariant: string, what: string, row: Record<string, unknown>): Violation {
    return {
      invariant,
      what: `An execution or task ${what}`,
      row: { organization_id: this.#execution.organization_id, execution_id: this.#execution.id, ...row },
    };
  }
}

function settlementOfRow(row: ReplayRow): Settlement {
  const items = row.items === null ? undefined : (JSON.parse(row.items) as Json[]);
  return { status: row.status as Settlement['status'], routes: row.routes ?? undefined, items };
}
