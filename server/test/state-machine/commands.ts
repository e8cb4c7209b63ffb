// What may happen to runs, drawn in any order: the commands of the model-based tests.
import fc from 'fast-check';
import { isEditable } from '../../src/engine/states.ts';
import {
  type Bound,
  claim,
  crash,
  decide,
  type Edited,
  edit,
  expectSame,
  hasRuns,
  heartbeatLost,
  idOf,
  pick,
  restart,
  settle,
  start,
  tick,
} from './acts.ts';
import type { ModelRun, Outcome } from './model.ts';
import type { RealSystem } from './real-system.ts';
import { SHAPES, type Shape } from './shapes.ts';

export type Command = fc.AsyncCommand<Bound, RealSystem>;

/** Times that a kind of command ran: what the generator covers is measured. */
export type CommandCounts = Map<string, number>;

type Act = (bound: Bound, real: RealSystem) => Promise<void>;
type Check = (bound: Bound) => boolean;

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
