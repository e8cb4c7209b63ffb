import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLog, newId } from '#base';
import { createEngineDatabase, type EngineDatabase } from '#db';
import { type ChangeEvent, createEventHub, type EventHub } from '#events';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const log = createLog({ level: 'silent' });
const organizationId = newId();
const flowId = newId();

let database: TestDatabase;
let doors: EngineDatabase[];
let here: EventHub;
let there: EventHub;

beforeEach(async () => {
  database = await createTestDatabase();
  doors = [createEngineDatabase(database.engineUrl, { max: 2 }), createEngineDatabase(database.engineUrl, { max: 2 })];
  [here, there] = (await Promise.all(doors.map((engineDb) => createEventHub({ engineDb, log })))) as [EventHub, EventHub];
});
afterEach(async () => {
  await Promise.all([here.close(), there.close()]);
  await Promise.all(doors.map((door) => door.close()));
  await database.drop();
});

const event = (change: Partial<ChangeEvent> = {}): ChangeEvent => ({
  organizationId,
  flowId,
  flowExecutionId: newId(),
  type: 'flow_execution.updated',
  id: newId(),
  ...change,
});

/** Resolves when `count` events have come, rejects after 5 s. */
function collect(hub: EventHub, count: number, scope: { flowId?: string; organizationId?: string } = {}): Promise<ChangeEvent[]> {
  const events: ChangeEvent[] = [];
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${events.length} of ${count} events came`)), 5_000);
    hub.subscribe(scope.organizationId ?? organizationId, scope.flowId, (heard) => {
      events.push(heard);
      if (events.length < count) return;
      clearTimeout(timer);
      resolve(events);
    });
  });
}

describe('two processes on one database', () => {
  test('a subscriber of the same process hears at once, one of another process soon', async () => {
    const near: ChangeEvent[] = [];
    here.subscribe(organizationId, undefined, (heard) => near.push(heard));
    const far = collect(there, 1);
    const sent = event();
    here.publish([sent]);
    expect(near).toEqual([sent]);
    expect(await far).toEqual([sent]);
  });

  test('nobody hears an event of its own twice', async () => {
    const near: ChangeEvent[] = [];
    here.subscribe(organizationId, undefined, (heard) => near.push(heard));
    const [mine, theirs] = [event(), event()];
    here.publish([mine]);
    const echo = collect(here, 1);
    await collectAfter(there, () => there.publish([theirs]));
    await echo; // what came after our own notification was sent
    expect(near).toEqual([mine, theirs]);
  });

  test('a subscriber hears its organization, and its flow where it names one', async () => {
    const others: ChangeEvent[] = [];
    there.subscribe(newId(), undefined, (heard) => others.push(heard));
    there.subscribe(organizationId, newId(), (heard) => others.push(heard));
    const ofFlow = collect(there, 1, { flowId });
    const all = collect(there, 2);
    here.publish([event({ flowId: newId() }), event()]);
    expect((await ofFlow).map((heard) => heard.flowId)).toEqual([flowId]);
    expect(await all).toHaveLength(2);
    expect(others).toEqual([]);
  });

  test('a burst of 5,000 changes arrives whole, an object that changed often only once', async () => {
    const burst = Array.from({ length: 5_000 }, () => event());
    const [often] = burst;
    const far = collect(there, 5_000);
    for (let i = 0; i < 100; i++) here.publish([often as ChangeEvent]);
    for (let i = 0; i < burst.length; i += 50) here.publish(burst.slice(i, i + 50));
    const heard = await far;
    expect(new Set(heard.map(({ id }) => id))).toEqual(new Set(burst.map(({ id }) => id)));
  });

  test('an announcement of work wakes the loops of both processes, once a turn', async () => {
    let near = 0;
    here.onWork(() => near++);
    const woken = new Promise<void>((resolve) => void there.onWork(resolve));
    for (let i = 0; i < 1_000; i++) here.announceWork();
    await woken;
    expect(near).toBe(1);
  });

  test('a listener that throws disturbs neither the publisher nor the others', async () => {
    here.subscribe(organizationId, undefined, () => {
      throw new Error('a bug of a listener');
    });
    here.onWork(() => {
      throw new Error('a bug of a listener');
    });
    const heard = collect(here, 1);
    here.publish([event()]);
    here.announceWork();
    await heard;
  });

  test('after the connection broke, it is listened again, and the loops are woken for what may have been missed', async () => {
    const woken = new Promise<void>((resolve) => void there.onWork(resolve));
    await here.close();
    const [sender = undefined, receiver] = doors;
    if (!sender || !receiver) throw new Error('no doors');
    await sender.query(
      'end_listeners',
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'flow listener' and datname = current_database()`,
      [],
    );
    await woken;
    here = await createEventHub({ engineDb: sender, log });
    const far = collect(there, 1);
    here.publish([event()]);
    await far;
  });

  test('closing sends what waits, and after it nothing is heard or sent', async () => {
    const heard: ChangeEvent[] = [];
    here.subscribe(organizationId, undefined, (got) => heard.push(got));
    const far = collect(there, 1);
    here.publish([event()]);
    await here.close();
    await far;
    here.publish([event()]);
    here.announceWork();
    there.publish([event()]);
    await wait(0);
    expect(heard).toHaveLength(1);
  });
});

test('without a database, local subscribers hear and nothing throws', async () => {
  const broken = {
    query: () => Promise.reject(new Error('the database is away')),
    listen: () => Promise.reject(new Error('the database is away')),
  };
  const hub = await createEventHub({ engineDb: broken as never, log });
  const heard = collect(hub, 1);
  hub.publish([event()]);
  hub.announceWork();
  await heard;
  await hub.close();
});

test('a process that does not hear itself on the channel says so until it does', async () => {
  let receive: (payload: string) => void = () => {};
  let isDeaf = false;
  const lags: number[] = [];
  const door = {
    query: async (_name: string, _text: string, values: [string, string[]]) => {
      if (!isDeaf) for (const payload of values[1]) receive(payload);
      return [];
    },
    listen: async (_channel: string, onMessage: typeof receive) => {
      receive = onMessage;
      return async () => {};
    },
  };
  const hub = await createEventHub({ engineDb: door as never, log, onLag: (ms) => lags.push(ms) });
  hub.publish([event()]);
  await expect.poll(() => lags.length).toBe(1);
  expect(lags[0]).toBeGreaterThanOrEqual(0);
  expect(hub.unheardMs()).toBe(0);
  isDeaf = true;
  hub.announceWork();
  await expect.poll(() => hub.unheardMs()).toBeGreaterThan(0);
  isDeaf = false;
  hub.announceWork();
  await expect.poll(() => hub.unheardMs()).toBe(0);
  await hub.close();
});

async function collectAfter(hub: EventHub, publish: () => void): Promise<void> {
  const heard = collect(hub, 1);
  publish();
  await heard;
}
