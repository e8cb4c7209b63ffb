// Ways of runs that bring about each move which the attempts on one task do not.
import type { Id } from '#base';
import { type ClaimedTask, controlKey, type FuseTask, type TaskOutcome } from '#engine';
import { after, planOf } from '../../src/engine/testing/plan-builder.ts';
import type { EngineFixture, TestFlow } from '../engine/engine-fixture.ts';
import { runDry } from '../engine/scenario.ts';

const done: TaskOutcome = { status: 'completed', output: '1' };
const broken: TaskOutcome = { status: 'failed', error: { code: 'broken' } };
const waits: TaskOutcome = { status: 'awaiting_input', checkpoint: null };

export async function walkEverywhere(fixture: EngineFixture): Promise<void> {
  await walkBirths(fixture);
  await walkQueue(fixture);
  await walkEnds(fixture);
  await walkPauses(fixture);
  await walkDeadlines(fixture);
}

/** Rows that are born settled: pure tasks within the settle before them, and what a failure or a route not taken leaves out. */
async function walkBirths(fixture: EngineFixture): Promise<void> {
  const worker = await fixture.tasks.registerWorker();
  const pure = { pure: true };
  const plan = planOf([
    { after: [] },
    { after: after(0), ...pure },
    { after: after(0), ...pure },
    { after: after(2) },
    { after: [{ from: 1, route: 'never' }] },
  ]);
  await fixture.start(await fixture.flow(await fixture.organization(), plan));
  const fuse: FuseTask = ({ number }) =>
    number === 2 ? { status: 'failed', error: { code: 'pure' } } : { status: 'completed', output: '1', routes: [] };
  const [task] = await fixture.tasks.claim(worker, { batch: 1 });
  await fixture.tasks.settle(worker, [{ task: task as ClaimedTask, outcome: done }], { claim: true, fuse });
  await runDry(fixture, worker);
}

interface Queue {
  fixture: EngineFixture;
  flow: TestFlow;
  worker: number;
  /** Lets the run take this outcome for its second task, and all others complete. */
  work(outcome?: TaskOutcome): Promise<void>;
  rerun(id: Id): Promise<void>;
  event(id: Id): Promise<unknown>;
  cancel(id: Id): Promise<void>;
}

/** One run at a time. */
async function openQueue(fixture: EngineFixture): Promise<Queue> {
  const plan = planOf([{ after: [] }, { after: after(0) }, { after: after(1) }]);
  const flow = await fixture.flow(await fixture.organization({ limit: 1 }), plan);
  const worker = await fixture.tasks.registerWorker();
  const { organizationId, versionId } = flow;
  return {
    fixture,
    flow,
    worker,
    work: async (outcome = done) => {
      for (let round = 0; round < 4; round++) {
        await runDry(fixture, worker, ({ planned }) => (planned.number === 1 ? outcome : done));
        await fixture.tasks.tick();
      }
    },
    rerun: (id) => fixture.engine.rerun(organizationId, id, { onlyStale: false, actor: 'test', flowVersionId: versionId, flowVersion: 1 }),
    async event(id) {
      const { rows } = await fixture.admin.query(`select id from task_executions where execution_id = $1 and task = 1`, [id]);
      return fixture.engine.settleWaiting(organizationId, rows[0].id, { status: 'completed', output: 1 }, 'test');
    },
    cancel: (id) => fixture.engine.cancel(organizationId, id, 'test'),
  };
}

/** Runs that wait, stand in the queue and resume; each end that a run may be started again from, with a free slot and without. */
async function walkQueue(fixture: EngineFixture): Promise<void> {
  const queue = await openQueue(fixture);
  const start = () => fixture.start(queue.flow);
  const [waiting, next] = [await start(), await start()];
  await queue.work(waits); // the first waits, so the second waits too
  await queue.event(waiting); // a slot is free: it resumes
  await queue.event(next); // none is: it is queued
  await queue.work();
  for (const outcome of [done, broken]) {
    const ended = await start();
    await queue.work(outcome);
    await queue.rerun(ended);
    await queue.work(outcome);
    const busy = await start();
    await queue.rerun(ended); // queued behind it
    await queue.cancel(busy);
    await queue.work();
  }
  const cancelled = await start();
  await queue.cancel(cancelled);
  await queue.work();
  await queue.rerun(cancelled);
  await queue.cancel(cancelled);
  await queue.work();
  const busy = await start();
  await queue.rerun(cancelled);
  await queue.cancel(cancelled); // while it is queued
  await queue.cancel(busy);
  await queue.work();
  const idle = await start();
  await queue.work(waits);
  await queue.cancel(idle); // while it waits
}

/** An edit repairs the last failure of a run that has ended, or makes one. */
async function walkEnds(fixture: EngineFixture): Promise<void> {
  const queue = await openQueue(fixture);
  const id = await fixture.start(queue.flow);
  await queue.work();
  const { rows } = await fixture.admin.query('select id from task_executions where execution_id = $1 and task = 1', [id]);
  const edit = { actor: 'test', by: 'person', reexecute: false } as const;
  await fixture.engine.editTask(queue.flow.organizationId, rows[0].id, {
    ...edit,
    result: { status: 'failed', error: { code: 'edited' } },
  });
  await fixture.engine.editTask(queue.flow.organizationId, rows[0].id, { ...edit, result: { status: 'completed', output: '2' } });
}

/** A paused task whose run has given up its slot waits in the queue for its turn, when its pause is over. */
async function walkPauses(fixture: EngineFixture): Promise<void> {
  const queue = await openQueue(fixture);
  const { organizationId, flowId } = queue.flow;
  const target = { organizationId, kind: 'flow', name: flowId } as const;
  const id = await fixture.start(queue.flow);
  const [task] = await fixture.tasks.claim(queue.worker, { batch: 1 });
  await fixture.engine.queues.control(target, { isPaused: true }, 'test');
  await fixture.tasks.pause(queue.worker, [{ task: task as ClaimedTask, pause: controlKey(target) }]);
  await fixture.tasks.tick(); // everything of it is paused: its slot is free
  const other = await fixture.start(queue.flow);
  await fixture.engine.queues.control(target, { isPaused: false }, 'test');
  await fixture.tasks.tick();
  await queue.cancel(other);
  await queue.work();
  await queue.cancel(id).catch(() => {}); // it may have ended
}

/** A deadline ends a run wherever it stands. */
async function walkDeadlines(fixture: EngineFixture): Promise<void> {
  const queue = await openQueue(fixture);
  const waiting = await fixture.start(queue.flow);
  await queue.work(waits);
  const busy = await fixture.start(queue.flow);
  const queued = await fixture.start(queue.flow);
  await fixture.admin.query('update flow_executions set deadline = now(), urgent_at = now() where id = any($1)', [[waiting, queued]]);
  await fixture.tasks.tick();
  await queue.cancel(busy);
  await queue.work();
}
