// What each command does to the model and to the platform alike. After it the rows must say what the model says.
import { expect } from 'vitest';
import type { Id } from '#base';
import { describeRun, hasOpenTasks, Model, type ModelRun, type Outcome } from './model.ts';
import type { Held, RealSystem } from './real-system.ts';
import type { Shape } from './shapes.ts';

export type Edited = 'completed' | 'failed';

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

export async function expectSame({ model, ids }: Bound, real: RealSystem): Promise<void> {
  const rows = await real.describe(
    model.runs.map((run) => ids.get(run) as Id),
    model.runs.map(({ shape }) => shape),
  );
  expect(rows).toEqual(model.runs.map(describeRun));
  expect(model.held, 'runs at once').toBeLessThanOrEqual(model.limit);
}

export const pick = <T>(from: readonly T[], n: number): T => from[n % from.length] as T;
export const idOf = ({ ids }: Bound, run: ModelRun): Id => ids.get(run) as Id;
export const hasRuns = ({ model }: Bound): boolean => model.runs.length > 0;

/** What came back claimed was ready, and all of it is now in this worker's hands. */
function take(bound: Bound, claimed: readonly Held[]): void {
  for (const real of claimed) {
    const run = bound.model.runs.find((other) => bound.ids.get(other) === real.task.execution.id);
    if (run === undefined) throw new Error('a task of a run that the model does not know was claimed');
    const name = real.task.planned.name;
    bound.held.push({ run, name, hold: bound.model.claim(run, name), real });
  }
}

export async function start(bound: Bound, real: RealSystem, shape: Shape): Promise<void> {
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

export async function edit(bound: Bound, real: RealSystem, run: ModelRun, name: string, status: Edited): Promise<void> {
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
export async function crash(bound: Bound, real: RealSystem, { isProcess }: { isProcess: boolean }): Promise<void> {
  await real.die();
  for (const held of bound.held) bound.model.lose(held.run, held.name, held.hold);
  bound.lost.push(...bound.held.splice(0));
  if (isProcess) await real.restart();
  else await real.register();
}

/** A process that comes back after its lease: others have its tasks. */
export async function heartbeatLost(bound: Bound, real: RealSystem): Promise<void> {
  await crash(bound, real, { isProcess: false });
  await tick(bound, real, false);
}

export async function restart(bound: Bound, real: RealSystem): Promise<void> {
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
