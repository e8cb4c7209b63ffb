// What may happen to runs, each as a step that changes the model and the platform alike. After it the rows must say what the model says.
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Id } from '#base';
import { isEditable } from '../../src/engine/states.ts';
import { describeRun, hasOpenTasks, Model, type ModelRun, type Outcome } from './model.ts';
import type { Held, RealSystem } from './real-system.ts';
import { SHAPES, type Shape } from './shapes.ts';

/** The model with what ties it to the platform: ids, and what the worker holds or has lost. */
export interface Bound {
  model: Model;
  ids: Map<ModelRun, Id>;
  held: { run: ModelRun; name: string; hold: number; real: Held }[];
  lost: Bound['held'];
  orphans: Set<ModelRun>;
  /** Values that were given so far: each is new. */
  values: number;
  /** The last act, where a client or a network may repeat it. */
  repeat: (() => Promise<unknown>) | undefined;
}

export const newBound = (limit: number): Bound => ({
  model: new Model(limit),
  ids: new Map(),
  held: [],
  lost: [],
  orphans: new Set(),
  values: 0,
  repeat: undefined,
});

export type Command = fc.AsyncCommand<Bound, RealSystem>;

/** Times that a kind of command ran: what the generator covers is measured. */
export type CommandCounts = Map<string, number>;

type Act = (bound: Bound, real: RealSystem) => Promise<void>;
type Check = (bound: Bound) => boolean;
type Edited = 'completed' | 'failed';

function command(counts: CommandCounts, name: string, label: string, act: Act, check: Check = () => true): Command {
  return {
    check: (bound) => check(bound),
    async run(bound, real) {
      counts.set(name, (counts.get(name) ?? 0) + 1);
      bound.repeat = undefined;
      await act(bound, real);
      await expectSame(bound, real);
    },
    toString: () => label,
  };
}

export async function expectSame({ model, ids }: Bound, real: RealSystem): Promise<void> {
  const rows = await real.describe(
    model.runs.map((run) => ids.get(run) as Id),
    model.runs.map(({ shape }) => shape),
  );
  expect(rows).toEqual(model.runs.map(describeRun));
  expect(model.held, 'runs at once').toBeLessThanOrEqual(model.limit);
}

const pick = <T>(from: readonly T[], n: number): T => from[n % from.length] as T;
const idOf = ({ ids }: Bound, run: ModelRun): Id => ids.get(run) as Id;
const hasRuns = ({ model }: Bound): boolean => model.runs.length > 0;

/** What came back claimed was ready, and all of it is now in this worker's hands. */
function take(bound: Bound, claimed: readonly Held[]): void {
  for (const real of claimed) {
    const run = bound.model.runs.find((other) => bound.ids.get(other) === real.task.execution.id);
    if (run === undefined) throw new Error('a task of a run that the model does not know was claimed');
    const name = real.task.planned.name;
    bound.held.push({ run, name, hold: bound.model.claim(run, name), real });
  }
}

async function start(bound: Bound, real: RealSystem, shape: Shape): Promise<void> {
  const key = `start-${crypto.randomUUID()}`;
  const run = bound.model.start(shape);
  const id = await real.start(shape, key);
  bound.ids.set(run, id);
  bound.repeat = async () => expect(await real.start(shape, key)).toBe(id);
}

export async function claim(bound: Bound, real: RealSystem, batch: number): Promise<void> {
  const ready = bound.model.runs.flatMap(({ tasks }) => [...tasks.values()].filter(({ status }) => status === 'ready'));
  const claimed = await real.claim(batch);
  take(bound, claimed);
  if (ready.every(({ losses }) => losses < 2)) expect(claimed.length).toBe(Math.min(batch, ready.length));
}

export async function settle(
  bound: Bound,
  real: RealSystem,
  held: Bound['held'][number],
  outcome: Outcome,
  claims: boolean,
): Promise<void> {
  const { run, name, hold } = held;
  const value = `value ${bound.values++}`;
  const isTaken = bound.model.settle(run, name, hold, outcome);
  const report = await real.settle(held.real, outcome, value, claims);
  expect(report.fenced.length, `${name} was ${isTaken ? 'refused' : 'taken'}`).toBe(isTaken ? 0 : 1);
  const { worker } = held.real;
  take(
    bound,
    report.claimed.map((task) => ({ task, worker })),
  );
  bound.repeat = async () => expect((await real.settle(held.real, outcome, `${value} again`, false)).fenced).toHaveLength(1);
}

export async function decide(bound: Bound, real: RealSystem, run: ModelRun, name: string, by: 'webhook' | 'review'): Promise<void> {
  const isTaken = bound.model.decide(run, name);
  const id = idOf(bound, run);
  const row = (await real.rowsOf(id, run.shape)).find((other) => other.name === name);
  if (by === 'webhook') {
    await real.post(id, name);
    bound.repeat = () => real.post(id, name);
  } else if (row !== undefined && isTaken) await real.put(id, row, 'completed', 'decided');
}

async function edit(bound: Bound, real: RealSystem, run: ModelRun, name: string, status: Edited): Promise<void> {
  const id = idOf(bound, run);
  const row = (await real.rowsOf(id, run.shape)).find((other) => other.name === name);
  if (row === undefined) return;
  const value = `value ${bound.values++}`;
  if (!row.shown) return real.put(id, row, status, value, [404]);
  const isTaken = bound.model.edit(run, name, status);
  await real.put(id, row, status, value, isTaken ? [200] : [409]);
  if (isTaken) bound.repeat = () => real.put(id, row, status, value);
  await adoptHolds(bound, real, run);
}

/** An edit may take from a worker what it does not outdate, too: then that is ready again, for anyone. Both are right; the rows say which it was. */
async function adoptHolds(bound: Bound, real: RealSystem, run: ModelRun): Promise<void> {
  for (const row of await real.rowsOf(idOf(bound, run), run.shape)) {
    const task = run.tasks.get(row.name);
    if (task?.status === 'running' && row.status === 'ready') Object.assign(task, { status: 'ready', hold: undefined, isOrphan: false });
  }
}

/** The process is gone; what it held it may still send, too late. */
async function crash(bound: Bound, real: RealSystem, { isProcess }: { isProcess: boolean }): Promise<void> {
  await real.die();
  for (const held of bound.held) bound.model.lose(held.run, held.name, held.hold);
  bound.lost.push(...bound.held.splice(0));
  if (isProcess) await real.restart();
  else await real.register();
}

/** A process that comes back after its lease: others have its tasks. */
async function heartbeatLost(bound: Bound, real: RealSystem): Promise<void> {
  await crash(bound, real, { isProcess: false });
  await tick(bound, real, false);
}

async function restart(bound: Bound, real: RealSystem): Promise<void> {
  await real.tasks.giveBack(
    bound.held.map(({ real: { task } }) => ({ organizationId: task.execution.organizationId, id: task.id, attempt: task.attempt })),
  );
  for (const held of bound.held) bound.model.giveBack(held.run, held.name, held.hold);
  bound.lost.push(...bound.held.splice(0));
  await real.die();
  await real.restart();
}

export async function tick(bound: Bound, real: RealSystem, movesTime: boolean): Promise<void> {
  await real.tick(movesTime);
  bound.model.tick(movesTime);
}

/** Faults are over: what waits hears of its event, time passes, and all that is due must end. */
export async function drain(bound: Bound, real: RealSystem): Promise<void> {
  await tick(bound, real, false);
  for (const held of bound.lost.splice(0)) await settle(bound, real, held, 'completed', false); // a worker that lives ends what it has lost
  for (let round = 0; round < 60; round++) {
    await tick(bound, real, true);
    const open = bound.model.runs.filter(hasOpenTasks);
    if (open.length === 0) break;
    for (const run of open) {
      for (const [name, task] of run.tasks)
        if (task.status === 'awaiting_input' && !task.isDecided) await decide(bound, real, run, name, 'webhook');
    }
    await claim(bound, real, 50);
    for (const held of bound.held.splice(0)) await settle(bound, real, held, 'completed', false);
  }
  await expectSame(bound, real);
  expect(bound.model.runs.filter(hasOpenTasks).map(describeRun), 'due, and never ended').toEqual([]);
}

const MAX_RUNS = 4;
const n = fc.nat({ max: 1_000 });
const shapes = fc.constantFrom(...SHAPES);
const holds: Check = ({ held }) => held.length > 0;
const waits: Check = (bound) => waitingTasks(bound).length > 0;
const hasReady: Check = ({ model }) => model.runs.some(({ tasks }) => [...tasks.values()].some(({ status }) => status === 'ready'));
const takeFrom = (held: Bound['held'], at: number): Bound['held'][number] => held.splice(at % held.length, 1)[0] as Bound['held'][number];
const outcomes = fc.constantFrom<Outcome[]>(
  'completed',
  'completed',
  'completed',
  'completed',
  'failed',
  'awaiting_input',
  'awaiting_input',
  'scheduled',
  'ready',
);

/** Every kind of command, those that bring runs on more often than those that disturb them. */
export function commandsOf(counts: CommandCounts): fc.Arbitrary<Command>[] {
  const of = (name: string, label: unknown, act: Act, check?: Check) => command(counts, name, `${name}(${label})`, act, check);
  const often = (times: number, arbitrary: fc.Arbitrary<Command>) => Array.from({ length: times }, () => arbitrary);
  return [
    ...often(
      2,
      shapes.map((shape) =>
        of(
          'start',
          shape.name,
          (...on) => start(...on, shape),
          ({ model }) => model.runs.length < MAX_RUNS,
        ),
      ),
    ),
    ...often(
      4,
      fc.constantFrom(1, 2, 50).map((batch) => of('claim', batch, (...on) => claim(...on, batch), hasReady)),
    ),
    ...often(
      8,
      fc.tuple(n, outcomes, fc.boolean()).map(([at, outcome, claims]) =>
        of(
          'settle',
          [at, outcome, claims],
          (...on) => settleOne(...on, at, outcome, claims),
          (bound) => holds(bound) || hasReady(bound),
        ),
      ),
    ),
    ...often(
      2,
      fc.tuple(n, outcomes).map(([at, outcome]) =>
        of(
          'lateSettle',
          [at, outcome],
          (...on) => settle(...on, takeFrom(on[0].lost, at), outcome, false),
          ({ lost }) => lost.length > 0,
        ),
      ),
    ),
    ...often(
      2,
      n.map((at) => of('webhook', at, (...on) => decideOne(...on, at, 'webhook'), waits)),
    ),
    ...often(
      2,
      n.map((at) => of('review', at, (...on) => decideOne(...on, at, 'review'), waits)),
    ),
    n.map((at) => of('cancel', at, (...on) => cancel(...on, at), hasRuns)),
    n.map((at) => of('reExecuteFull', at, (...on) => rerun(...on, at, false), hasRuns)),
    n.map((at) => of('reExecuteStale', at, (...on) => rerun(...on, at, true), hasRuns)),
    ...often(
      2,
      fc.tuple(n, n, fc.constantFrom<Edited[]>('completed', 'completed', 'failed')).map(([at, task, status]) =>
        of(
          'edit',
          [at, task, status],
          (...on) => editOne(...on, [at, task], status),
          (bound) => editable(bound).length > 0,
        ),
      ),
    ),
    fc.constant(of('heartbeatLost', '', (...on) => heartbeatLost(...on), holds)),
    fc.constant(of('crash', '', (...on) => crash(...on, { isProcess: true }), holds)),
    fc.constant(of('restart', '', restart, holds)),
    fc.boolean().map((movesTime) => of('tick', movesTime, (...on) => tick(...on, movesTime))),
    ...often(2, fc.constant(repeated(counts))),
    shapes.map((shape) =>
      of(
        'deleteFlow',
        shape.name,
        (...on) => deleteFlow(...on, shape),
        ({ model }) => model.runs.some((run) => run.shape === shape),
      ),
    ),
  ];
}

/** Whatever came last comes once more: from a client that saw no answer, or a network that sends twice. */
const repeated = (counts: CommandCounts): Command => ({
  check: ({ repeat }) => repeat !== undefined,
  async run(bound, real) {
    counts.set('duplicate', (counts.get('duplicate') ?? 0) + 1);
    await bound.repeat?.();
    await expectSame(bound, real);
  },
  toString: () => 'duplicate()',
});

const waitingTasks = ({ model }: Bound): [ModelRun, string][] =>
  model.runs.flatMap((run) =>
    [...run.tasks].filter(([, task]) => task.status === 'awaiting_input').map(([name]): [ModelRun, string] => [run, name]),
  );

/** A worker that holds nothing fetches first. */
async function settleOne(bound: Bound, real: RealSystem, at: number, outcome: Outcome, claims: boolean): Promise<void> {
  if (bound.held.length === 0) await claim(bound, real, 50);
  if (bound.held.length > 0) await settle(bound, real, takeFrom(bound.held, at), outcome, claims);
}

function decideOne(bound: Bound, real: RealSystem, at: number, by: 'webhook' | 'review'): Promise<void> {
  const [run, name] = pick(waitingTasks(bound), at);
  return decide(bound, real, run, name, by);
}

/** Final tasks of runs that are under way or over. A run that stands in the queue, or waits without a slot, is edited in test/engine/edit-runs.test.ts. */
const editable = ({ model }: Bound): [ModelRun, string[]][] =>
  model.runs
    .filter(({ status }) => status !== 'queued' && status !== 'waiting')
    .map((run): [ModelRun, string[]] => [run, [...run.tasks].filter(([, { status }]) => isEditable(status)).map(([name]) => name)])
    .filter(([, names]) => names.length > 0);

function editOne(bound: Bound, real: RealSystem, [at, task]: [number, number], status: Edited): Promise<void> {
  const [run, names] = pick(editable(bound), at);
  return edit(bound, real, run, pick(names, task), status);
}

async function cancel(bound: Bound, real: RealSystem, at: number): Promise<void> {
  const run = pick(bound.model.runs, at);
  const isTaken = bound.model.cancel(run);
  const send = () => real.cancel(idOf(bound, run), isTaken);
  await send();
  bound.repeat = send;
}

/** Of a deleted flow no run goes again, whatever the model would say. */
async function rerun(bound: Bound, real: RealSystem, at: number, onlyStale: boolean): Promise<void> {
  const run = pick(bound.model.runs, at);
  if (bound.orphans.has(run)) return void (await real.rerun(idOf(bound, run), onlyStale, 404));
  await real.rerun(idOf(bound, run), onlyStale, bound.model.rerun(run, onlyStale) ? 204 : 409);
}

/** Its runs go on, and end as usual. */
async function deleteFlow(bound: Bound, real: RealSystem, shape: Shape): Promise<void> {
  const gone = await real.deleteFlow(shape);
  if (gone === undefined) return;
  for (const run of bound.model.runs) if (run.shape === shape) bound.orphans.add(run);
}
