// Everything that may move a task, aimed at one task of a run whatever its state: what the table of moves does not allow must not happen.
import { FlowError, type Id } from '#base';
import type { ClaimedTask, TaskOutcome } from '#engine';
import type { TaskStatus } from '../../src/engine/states.ts';
import type { EngineFixture, TestFlow } from '../engine/engine-fixture.ts';

/** A run of t0 -> t1, t2 -> t3 -> t4 whose task t3 is in some state. */
export interface Target {
  fixture: EngineFixture;
  flow: TestFlow;
  executionId: Id;
  id: Id;
  worker: number;
  /** A task of another run in this place, in a worker's hands: what is sent for the target is made of it. */
  held: ClaimedTask;
}

export interface Attempt {
  name: string;
  /** What it would make of the task, where that is allowed. */
  to: readonly TaskStatus[];
  act(target: Target): Promise<unknown>;
}

export const TOPIC = 'stamps';
const HOUR_MS = 3_600_000;

export const OUTCOMES: Readonly<
  Record<'completed' | 'failed' | 'skipped' | 'cancelled' | 'awaiting_input' | 'scheduled' | 'ready', TaskOutcome>
> = {
  completed: { status: 'completed', output: '1' },
  failed: { status: 'failed', error: { code: 'broken' } },
  skipped: { status: 'skipped' },
  cancelled: { status: 'cancelled' },
  awaiting_input: { status: 'awaiting_input', checkpoint: null, topic: TOPIC },
  scheduled: { status: 'scheduled', until: new Date(Date.now() + HOUR_MS), checkpoint: null },
  ready: { status: 'released' },
};

const attemptOf = async ({ fixture, id }: Target): Promise<number> =>
  (await fixture.admin.query('select attempt from task_executions where id = $1', [id])).rows[0].attempt;

/** As the worker that holds it would send it: right in everything but, perhaps, that it is held. */
async function settle(target: Target, outcome: TaskOutcome): Promise<void> {
  const { held, executionId: id } = target;
  const task = { ...held, id: target.id, attempt: await attemptOf(target), execution: { ...held.execution, id } };
  await target.fixture.tasks.settle(target.worker, [{ task, outcome }], { claim: false });
}

const refusals = (error: unknown): void => {
  if (!(error instanceof FlowError)) throw error;
};

async function passTime({ fixture, id }: Target): Promise<void> {
  await fixture.admin.query('update task_executions set ready_at = now(), wait_until = now() where id = $1', [id]);
  await fixture.tasks.tick();
}

async function loseWorker({ fixture, id }: Target): Promise<void> {
  const { rows } = await fixture.admin.query('select worker from task_executions where id = $1', [id]);
  if (rows[0].worker !== null) await fixture.tasks.releaseWorker(rows[0].worker);
  await fixture.tasks.tick();
}

/** The run only waits and another has its slot, where its state allows that. */
async function decideWithoutSlot(target: Target): Promise<void> {
  const { fixture, flow, id } = target;
  await fixture.start(flow);
  for (let tick = 0; tick < 2; tick++) await fixture.tasks.tick();
  await fixture.engine.settleWaiting(flow.organizationId, id, { status: 'completed', output: 1 }, 'test');
}

export const ATTEMPTS: readonly Attempt[] = [
  ...Object.entries(OUTCOMES).map(
    ([to, outcome]): Attempt => ({
      name: `a worker settles it as ${to}`,
      to: [to as TaskStatus],
      act: (target) => settle(target, outcome),
    }),
  ),
  { name: 'a worker claims', to: ['running'], act: ({ fixture, worker }) => fixture.tasks.claim(worker, { batch: 50 }) },
  { name: 'its event comes while no slot is free', to: ['pending'], act: decideWithoutSlot },
  {
    name: 'its event comes',
    to: ['completed'],
    act: ({ fixture, flow, id }) => fixture.engine.settleWaiting(flow.organizationId, id, { status: 'completed', output: 1 }, 'test'),
  },
  {
    name: 'its event is a failure',
    to: ['failed'],
    act: ({ fixture, flow, id }) =>
      fixture.engine.settleWaiting(flow.organizationId, id, { status: 'failed', error: { code: 'no' } }, 'test'),
  },
  {
    name: 'an outside worker leases it',
    to: ['awaiting_input'],
    act: ({ fixture, flow }) => fixture.engine.leaseTasks(flow.organizationId, { topics: [TOPIC], max: 9, leaseMs: 60_000 }),
  },
  {
    name: 'an outside worker fails it, to be tried again',
    to: ['scheduled'],
    act: async ({ fixture, flow, id }) => {
      const [leased] = await fixture.engine.leaseTasks(flow.organizationId, { topics: [TOPIC], max: 9, leaseMs: 60_000 });
      const outcome = { status: 'failed', error: { code: 'busy', retryable: true } } as const;
      await fixture.engine.settleLeased(flow.organizationId, id, leased?.leaseToken ?? 'none', outcome, 'test');
    },
  },
  ...(['completed', 'failed'] as const).map(
    (status): Attempt => ({
      name: `a person edits it to ${status}`,
      to: [status],
      act: ({ fixture, flow, id }) =>
        fixture.engine.editTask(flow.organizationId, id, {
          result: status === 'completed' ? { status, output: '"edited"' } : { status, error: { code: 'edited' } },
          actor: 'test',
          by: 'person',
          reexecute: false,
        }),
    }),
  ),
  {
    name: 'somebody reports its result',
    to: ['running', 'completed'],
    act: ({ fixture, flow, id }) =>
      fixture.engine.reportTask(flow.organizationId, id, { result: { status: 'completed', output: '"said"' }, actor: 'test' }),
  },
  { name: 'its time comes', to: ['ready'], act: passTime },
  { name: 'its worker dies', to: ['ready'], act: loseWorker },
  {
    name: 'its worker gives it back',
    to: ['scheduled'],
    act: async (target) =>
      target.fixture.tasks.giveBack([{ organizationId: target.flow.organizationId, id: target.id, attempt: await attemptOf(target) }]),
  },
  {
    name: 'the run is cancelled',
    to: ['ready', 'cancelled'],
    act: ({ fixture, flow, executionId }) => fixture.engine.cancel(flow.organizationId, executionId, 'test'),
  },
  {
    name: 'the run is decreed to have failed',
    to: ['cancelled'],
    act: ({ fixture, flow, executionId }) => fixture.engine.decree(flow.organizationId, executionId, 'failed', 'test'),
  },
];

/** Refused, or without effect, is as good as done: what counts is where the row went. */
export const attempt = async ({ act }: Attempt, target: Target): Promise<void> => void (await act(target).catch(refusals));
