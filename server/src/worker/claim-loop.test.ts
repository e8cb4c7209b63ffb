import { once } from 'node:events';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { ClaimedTask, SettleReport, TaskEngine, TaskOutcome, TaskResult } from '#engine';
import { catalogue } from '#executors';
import { ClaimLoop, type ClaimLoopOptions } from './claim-loop.ts';
import { createExecutorPlaces } from './executor-places.ts';
import { claimed, planOf, receive, silent } from './testing/claimed-task.ts';

const plan = planOf([receive]);
const taskOf = (id: string, more: Partial<ClaimedTask> = {}) => claimed(plan, 0, { id, ...more });
const done: TaskOutcome = { status: 'completed', output: '1' };

/** An engine of memory: hands out what a test queues, and keeps what is settled. `refuse` may throw in the place of a settle. */
function engineOf(...queue: ClaimedTask[][]) {
  const settled: TaskResult<ClaimedTask>[][] = [];
  const engine = {
    settled,
    claims: 0,
    refuse: (_: readonly TaskResult<ClaimedTask>[]): void => {},
    async claim() {
      engine.claims++;
      return queue.shift() ?? [];
    },
    async settle(_: number, results: readonly TaskResult<ClaimedTask>[]): Promise<SettleReport> {
      engine.refuse(results);
      settled.push([...results]);
      return { claimed: [], fenced: [], stoppedExecutionIds: [], ended: [], leftReady: false, events: [] };
    },
  };
  return engine;
}

const loops: ClaimLoop[] = [];
afterEach(() => {
  for (const loop of loops.splice(0)) loop.abandon();
});

function begin(engine: ReturnType<typeof engineOf>, more: Partial<ClaimLoopOptions> = {}) {
  const loop = new ClaimLoop({
    engine: engine as unknown as TaskEngine,
    workerId: 1,
    places: createExecutorPlaces(catalogue),
    fuse: undefined,
    readValues: async (tasks) => tasks.map(() => []),
    run: async () => done,
    giveBackUnheld: async () => {},
    log: silent,
    ...more,
  });
  loops.push(loop);
  return { loop, ended: loop.run() };
}

const outcomes = (engine: ReturnType<typeof engineOf>) =>
  Object.fromEntries(
    engine.settled.flat().map(({ task, outcome }) => [task.id, outcome.status === 'failed' ? outcome.error['code'] : outcome.status]),
  );
const untilStopped: ClaimLoopOptions['run'] = async (_, __, stop) => {
  if (!stop.signal.aborted) await once(stop.signal, 'abort');
  return { status: stop.signal.reason === 'cancelled' ? 'cancelled' : 'released' };
};

test('what ends in one turn is settled in one call, and a drain ends when nothing is held', async () => {
  const engine = engineOf([taskOf('a'), taskOf('b'), taskOf('c', { verdict: 'skipped' })]);
  const { loop, ended } = begin(engine);
  await vi.waitFor(() => expect(engine.settled.flat()).toHaveLength(3));
  expect(outcomes(engine)).toEqual({ a: 'completed', b: 'completed', c: 'skipped' });
  expect(engine.settled.length).toBeLessThanOrEqual(2); // what was decided before it ran may go first
  loop.drain();
  await ended;
  expect(loop.held()).toEqual([]);
});

test('what the database does not take for a while is settled later, after what it handed out unheard was given back', async () => {
  const engine = engineOf([taskOf('a')]);
  let refusals = 1;
  engine.refuse = () => {
    if (refusals-- > 0) throw new Error('Connection terminated unexpectedly');
  };
  const order: string[] = [];
  const { loop } = begin(engine, {
    giveBackUnheld: async () => {
      order.push(loop.holds({ id: 'a', attempt: 1 }) ? 'held' : 'lost');
    },
  });
  await vi.waitFor(() => expect(outcomes(engine)).toEqual({ a: 'completed' }), 5000);
  expect(order).toEqual(['held']);
});

describe('a result that can never be written', () => {
  test.each([
    ['a value that PostgreSQL refuses', Object.assign(new Error('invalid'), { code: '22P05' })],
    ['one that passes a limit of its', Object.assign(new Error('stack depth'), { code: '54001' })],
    ['one that is no JSON', new TypeError('cyclic')],
  ])('fails alone: %s', async (_, refusal) => {
    const ids = Array.from({ length: 9 }, (_, n) => `t${n}`);
    const engine = engineOf(ids.map((id) => taskOf(id)));
    engine.refuse = (results) => {
      if (results.some(({ task, outcome }) => task.id === 't5' && outcome.status === 'completed')) throw refusal;
    };
    begin(engine);
    await vi.waitFor(() => expect(engine.settled.flat()).toHaveLength(9), 5000);
    expect(outcomes(engine)).toEqual({ ...Object.fromEntries(ids.map((id) => [id, 'completed'])), t5: 'unstorable_output' });
  });
});

describe('running tasks are told to stop', () => {
  test('those that are meant, and no others', async () => {
    const engine = engineOf([taskOf('a'), taskOf('b')]);
    const { loop } = begin(engine, { run: untilStopped });
    await vi.waitFor(() => expect(loop.held()).toHaveLength(2));
    loop.stop('cancelled', ({ id }) => id === 'b');
    await vi.waitFor(() => expect(outcomes(engine)).toEqual({ b: 'cancelled' }));
    loop.stop('draining');
    await vi.waitFor(() => expect(outcomes(engine)).toEqual({ a: 'released', b: 'cancelled' }));
  });

  test('each attempt of a task, where a second was claimed while the first still ran', async () => {
    const engine = engineOf([taskOf('a')], [taskOf('a', { attempt: 3 })]);
    const { loop } = begin(engine, { run: untilStopped });
    await vi.waitFor(() => expect(loop.held()).toHaveLength(1));
    loop.wake();
    await vi.waitFor(() => expect(loop.held()).toHaveLength(2));
    expect([1, 2, 3].map((attempt) => loop.holds({ id: 'a', attempt }))).toEqual([true, false, true]);
    loop.stop('lease_lost');
    await vi.waitFor(() => expect(engine.settled.flat().map(({ task }) => task.attempt)).toEqual([1, 3]));
  });
});

test('a task whose inputs could not be read runs its course without those of its batch', async () => {
  const engine = engineOf([taskOf('a'), taskOf('b')]);
  begin(engine, {
    readValues: async () => [undefined, []],
    run: async (_, inputs) => (inputs === undefined ? { status: 'failed', error: { code: 'storage_failed' } } : done),
  });
  await vi.waitFor(() => expect(outcomes(engine)).toEqual({ a: 'storage_failed', b: 'completed' }));
});

test('it asks once in a while although results keep it awake and nothing is announced', async () => {
  const engine = engineOf(...Array.from({ length: 200 }, (_, n) => [taskOf(`t${n}`)]));
  const { loop } = begin(engine, { run: untilStopped });
  await vi.waitFor(() => expect(loop.held().length).toBeGreaterThan(0));
  const before = engine.claims;
  await vi.waitFor(
    () => {
      loop.stop('draining'); // something ends, again and again
      expect(engine.claims).toBeGreaterThan(before);
    },
    { timeout: 3000, interval: 50 },
  );
});

test('the place that a limited executor has given up is taken by its next task at once', async () => {
  const tasks = Array.from({ length: 12 }, (_, n) => taskOf(`t${n}`));
  const engine = engineOf();
  const places = createExecutorPlaces({ ...catalogue, list: () => catalogue.list().map((each) => ({ ...each, concurrency: 1 })) });
  const claim = async (_: number, { executors = {} }: { executors?: Readonly<Record<string, number>> }) =>
    tasks.splice(0, executors['receive_file'] ?? 0);
  begin(Object.assign(engine, { claim }), { places });
  await vi.waitFor(() => expect(engine.settled.flat()).toHaveLength(12), 5000); // by polling alone it takes a second for each
});

test('what is abandoned ends at once, whatever it holds', async () => {
  const engine = engineOf([taskOf('a')]);
  const { loop, ended } = begin(engine, { run: () => new Promise(() => {}) });
  await vi.waitFor(() => expect(loop.held()).toHaveLength(1));
  loop.abandon();
  await ended;
  expect(engine.settled).toEqual([]);
});

describe('an offer to a start', () => {
  async function resting() {
    const engine = engineOf();
    let asked = 0;
    const begun = begin(engine, { giveBackUnheld: async () => void asked++ });
    await vi.waitFor(() => expect(begun.loop.isIdle).toBe(true));
    return { ...begun, engine, asked: () => asked };
  }

  test('takes what the start hands out and runs it, without a claim', async () => {
    const { loop, engine } = await resting();
    const claims = engine.claims;
    const offer = loop.offer(3);
    expect(offer).toMatchObject({ workerId: 1, claim: 3 });
    offer?.take([taskOf('a'), taskOf('b')]);
    await vi.waitFor(() => expect(outcomes(engine)).toEqual({ a: 'completed', b: 'completed' }));
    expect(engine.claims).toBe(claims);
  });

  test('is made neither where other work may wait, nor while it drains, nor beyond its room', async () => {
    const { loop, ended } = await resting();
    const [first, second] = [loop.offer(150), loop.offer(150)];
    expect([first?.claim, second?.claim, loop.offer(1)]).toEqual([150, 50, undefined]);
    first?.take([]);
    second?.take([]);
    loop.wake();
    expect(loop.offer(1)).toBeUndefined();
    await vi.waitFor(() => expect(loop.offer(1)).toBeDefined());
    loop.drain();
    expect(loop.offer(1)).toBeUndefined();
    await expect(Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 50, 'waits'))]), 'an offer is open').resolves.toBe(
      'waits',
    );
  });

  test('that gets no answer has what it may have handed out given back', async () => {
    const { loop, asked } = await resting();
    const offer = loop.offer(1);
    const answered = loop.answered();
    offer?.fail();
    await answered;
    await vi.waitFor(() => expect(asked()).toBe(1));
  });
});
