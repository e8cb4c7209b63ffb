// Any order of settlements, retries, waits, crashes, late and doubled results and a cancel: the run ends, legally, each attempt settled once, and
// (without a cancel) with the same states whatever the order. The database is a map here; what SQL adds up is added up by the same rules.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planForTrigger } from '#language';
import { type CompiledPlan, type CompiledTask, compilePlan } from './compile-plan.ts';
import { isFinalTask, isLegalTaskMove, type TaskStatus } from './states.ts';
import { hash } from './testing/chance.ts';
import { randomPlan } from './testing/random-plan.ts';
import { type Arrival, follow, type Settlement, verdict } from './transitions.ts';

interface Row {
  task: number;
  item: number;
  status: TaskStatus;
  attempt: number;
  tries: number;
  waiting: number;
  alive: number;
  skipped: number;
  failed: number;
}

interface Held {
  key: string;
  attempt: number;
}

class Run {
  readonly plan: CompiledPlan;
  readonly seed: string;
  readonly rows = new Map<string, Row>();
  readonly settlements: string[] = [];
  readonly held: Held[] = [];
  /** Results that were sent, or lost on their way: all may come again. */
  readonly past: { held: Held; settlement: Settlement }[] = [];
  open: number;
  failures = 0;
  cancelling = false;

  constructor(seed: string) {
    const plan = randomPlan(seed);
    this.plan = compilePlan(planForTrigger(plan, 0), 0);
    this.seed = seed;
    this.open = this.plan.openEnds;
    this.rows.set('0/0', { task: 0, item: 0, status: 'ready', attempt: 0, tries: 0, waiting: 0, alive: 1, skipped: 0, failed: 0 });
  }

  move(row: Row, to: TaskStatus): void {
    expect(isLegalTaskMove(row.status, to), `${row.status} -> ${to}`).toBe(true);
    row.status = to;
  }

  with(status: TaskStatus): [string, Row][] {
    return [...this.rows].filter(([, row]) => row.status === status);
  }

  claim(n: number): void {
    const ready = this.with('ready');
    const [key, row] = ready[n % ready.length] as [string, Row];
    this.move(row, 'running');
    row.attempt++;
    this.held.push({ key, attempt: row.attempt });
  }

  /** What its executor answers: a function of the place, so that the order cannot matter. */
  outcome(row: Row): Settlement | 'retry' | 'wait' {
    const task = this.plan.tasks[row.task];
    if (this.cancelling) return { status: 'cancelled' };
    const decided = verdict(task as CompiledTask, row);
    if (decided !== 'run' && row.task !== 0) return { status: decided };
    const drawn = hash(this.seed, row.task, row.item) % 20;
    if (task?.planned.kind === 'gate') return { status: 'completed', items: Array.from({ length: drawn % 4 }, (_, i) => i) };
    if (drawn === 0 && row.tries === 0) return 'retry';
    if (drawn === 1 && row.tries === 0) return 'wait';
    return drawn < 5 ? { status: 'failed' } : { status: 'completed', routes: drawn % 2 ? ['a'] : ['a', 'b'] };
  }

  settle(held: Held, given?: Settlement): void {
    const row = this.rows.get(held.key) as Row;
    if (row.status !== 'running' || row.attempt !== held.attempt) return; // the fence
    const outcome = this.cancelling ? ({ status: 'cancelled' } as const) : (given ?? this.outcome(row));
    if (outcome === 'retry' || outcome === 'wait') {
      this.move(row, outcome === 'retry' ? 'scheduled' : 'awaiting_input');
      row.tries++;
      return;
    }
    this.past.push({ held, settlement: outcome });
    this.finish(held.key, row, outcome);
  }

  finish(key: string, row: Row, settlement: Settlement): void {
    this.move(row, settlement.status);
    this.settlements.push(key);
    const effects = follow<Settlement>(this.plan, row, settlement, (_, decision) => {
      if (this.cancelling) return { status: 'cancelled' };
      return decision.verdict === 'run' ? undefined : { status: decision.verdict };
    });
    for (const { task, item, settlement: fused } of effects.fused) {
      const at = `${task}/${item}`;
      expect(this.rows.has(at), `${at} is born twice`).toBe(false);
      this.rows.set(at, { task, item, status: fused.status, attempt: 0, tries: 0, waiting: 0, alive: 0, skipped: 0, failed: 0 });
      this.settlements.push(at);
    }
    for (const arrival of effects.arrivals) this.arrive(arrival);
    this.open += effects.endDelta;
    this.failures += effects.failures;
  }

  arrive({ task, item, need, delta, alive, skipped, failed }: Arrival): void {
    const key = `${task}/${item}`;
    const row = this.rows.get(key) ?? {
      task,
      item,
      status: 'pending' as const,
      attempt: 0,
      tries: 0,
      waiting: need,
      alive: 0,
      skipped: 0,
      failed: 0,
    };
    expect(row.status, `${key} hears of something after it was decided`).toBe('pending');
    this.rows.set(key, row);
    row.waiting += delta;
    row.alive += alive;
    row.skipped += skipped;
    row.failed += failed;
    expect(row.waiting).toBeGreaterThanOrEqual(0);
    if (row.waiting === 0) this.move(row, 'ready');
  }

  /** One step, drawn by `n`; false where nothing is left to do. */
  step(n: number, allowsCancel: boolean): boolean {
    const kinds: (() => void)[] = [];
    if (this.with('ready').length > 0) kinds.push(() => this.claim(n >> 3));
    for (const [key, row] of this.with('awaiting_input')) kinds.push(() => this.endWaiting(key, row));
    for (const [, row] of this.with('scheduled')) kinds.push(() => this.move(row, 'ready'));
    if (this.held.length > 0) {
      const index = (n >> 3) % this.held.length;
      const held = this.held[index] as Held;
      kinds.push(() => this.settle(this.held.splice(index, 1)[0] as Held));
      kinds.push(() => this.lose(index, held));
    }
    if (kinds.length === 0) return false;
    if (this.past.length > 0 && n % 5 === 0) this.sendAgain(n);
    if (allowsCancel && n % 97 === 0) this.cancel();
    kinds[(n >> 1) % kinds.length]?.();
    return true;
  }

  endWaiting(key: string, row: Row): void {
    const outcome = this.outcome({ ...row, tries: 1 });
    if (typeof outcome === 'object') this.finish(key, row, outcome);
  }

  lose(index: number, held: Held): void {
    this.held.splice(index, 1);
    const row = this.rows.get(held.key) as Row;
    const outcome = this.outcome(row);
    if (typeof outcome === 'object') this.past.push({ held, settlement: outcome });
    this.move(row, 'ready');
    row.attempt++;
  }

  sendAgain(n: number): void {
    const { held, settlement } = this.past[n % this.past.length] as (typeof this.past)[number];
    this.settle(held, settlement);
  }

  cancel(): void {
    if (this.cancelling) return;
    this.cancelling = true;
    for (const status of ['awaiting_input', 'scheduled'] as const) {
      for (const [, row] of this.with(status)) {
        this.move(row, 'ready');
        row.attempt++;
      }
    }
  }

  states(): string[] {
    return [...this.rows].map(([key, { status }]) => `${key} ${status}`).sort();
  }
}

/** Runs to the end in an order that the numbers draw; losses stop after a while, or it might never end. */
function runToEnd(seed: string, numbers: readonly number[], allowsCancel: boolean): Run {
  const run = new Run(seed);
  for (const n of numbers) if (!run.step(n, allowsCancel)) break;
  for (let guard = 0; guard < 20_000; guard++) {
    if (run.with('ready').length > 0) run.claim(0);
    else if (run.held.length > 0) run.settle(run.held.shift() as Held);
    else if (!run.step(2, false)) return run;
  }
  throw new Error('the run does not end');
}

function expectEnded(run: Run): void {
  expect(run.open, 'open ends').toBe(0);
  expect([...run.rows.values()].filter(({ status }) => !isFinalTask(status))).toEqual([]);
  expect(new Set(run.settlements).size, 'a row was settled twice').toBe(run.settlements.length);
}

const plans = fc.integer({ min: 0, max: 1_000_000 }).map(String);
const orders = fc.array(fc.nat(), { minLength: 10, maxLength: 150 });

test('any interleaving ends, each row settled once, with the same states', () => {
  fc.assert(
    fc.property(plans, orders, orders, (seed, one, other) => {
      const [first, second] = [runToEnd(seed, one, false), runToEnd(seed, other, false)];
      expectEnded(first);
      expectEnded(second);
      expect(second.states()).toEqual(first.states());
      expect(second.failures).toBe(first.failures);
    }),
    { numRuns: 300 },
  );
});

test('a cancel at any point ends too, and nothing completes after it', () => {
  fc.assert(
    fc.property(plans, orders, fc.nat({ max: 60 }), (seed, order, at) => {
      const run = new Run(seed);
      for (const n of order.slice(0, at)) run.step(n, false);
      const before = new Set(run.states().filter((state) => /completed|failed/.test(state)));
      run.cancel();
      for (const n of order.slice(at)) run.step(n, false);
      for (let guard = 0; guard < 20_000 && (run.with('ready').length > 0 || run.held.length > 0); guard++) {
        if (run.held.length > 0) run.settle(run.held.shift() as Held);
        else run.claim(0);
      }
      expectEnded(run);
      expect(new Set(run.states().filter((state) => /completed|failed/.test(state)))).toEqual(before);
    }),
    { numRuns: 200 },
  );
});
