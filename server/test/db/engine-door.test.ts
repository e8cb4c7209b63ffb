import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEngineDatabase, type EngineDatabase } from '#db';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let engine: EngineDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  engine = createEngineDatabase(database.engineUrl, { max: 4 });
});

afterAll(async () => {
  await engine?.close();
  await database?.drop();
});

describe('the engine door', () => {
  test('commits a transaction as a whole and rolls a failed one back', async () => {
    const [kept, lost] = [randomUUID(), randomUUID()];
    const insert = 'insert into organizations (id, name) values ($1, $2)';
    await engine.transaction((query) => query('test_insert', insert, [kept, kept]));
    const half = engine.transaction(async (query) => {
      await query('test_insert', insert, [lost, lost]);
      throw new Error('half-way');
    });
    await expect(half).rejects.toThrow('half-way');
    const rows = await engine.query<{ id: string }>('test_find', 'select id from organizations where id = any($1)', [[kept, lost]]);
    expect(rows).toEqual([{ id: kept }]);
  });

  test('brings arrays as they are: any text, numbers, truth values, nothing, dates and bytes', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string(),
      fc.constantFrom('', 'null', 'NULL', 'Null', '{}', '\\', '"', 'a,b', ' a', '\\"{,}'),
    );
    const storable = text.filter((s) => !s.includes('\0') && s.isWellFormed());
    const values = fc.record({
      texts: fc.array(fc.option(storable), { minLength: 1 }),
      numbers: fc.array(fc.oneof(fc.integer(), fc.double({ noDefaultInfinity: false }), fc.constant(null))),
      flags: fc.array(fc.option(fc.boolean())),
    });
    const echo =
      'select $1::text[] as texts, $2::float8[] as numbers, $3::bool[] as flags, $4::timestamptz[] as times, $5::bytea[] as bytes';
    const at = new Date('2026-03-14T09:00:00.123Z');
    await fc.assert(
      fc.asyncProperty(values, async ({ texts, numbers, flags }) => {
        const [row] = await engine.query('test_echo', echo, [texts, numbers, flags, [at, null], [Buffer.from([0, 92, 34, 255])]]);
        const expected = { texts, numbers: numbers.map((n) => (n === null ? null : n + 0)), flags, times: [at, null] }; // + 0: PostgreSQL prints no -0
        expect(row).toEqual({ ...expected, bytes: [Buffer.from([0, 92, 34, 255])] });
      }),
      { numRuns: 200 },
    );
  });

  test('repeats a transaction that lost a deadlock', async () => {
    const ids = [randomUUID(), randomUUID()];
    for (const id of ids) await engine.query('test_insert', 'insert into organizations (id, name) values ($1, $2)', [id, id]);
    const bothLocked = Promise.withResolvers<void>();
    let locked = 0;
    let runs = 0;
    const touch = (order: string[]) =>
      engine.transaction(async (query) => {
        runs++;
        await query('test_touch', 'update organizations set weight = weight + 1 where id = $1', [order[0]]);
        if (++locked === 2) bothLocked.resolve();
        await bothLocked.promise;
        await query('test_touch', 'update organizations set weight = weight + 1 where id = $1', [order[1]]);
      });
    await Promise.all([touch(ids), touch(ids.toReversed())]);
    expect(runs).toBeGreaterThan(2);
    const rows = await engine.query('test_weights', 'select weight from organizations where id = any($1)', [ids]);
    expect(rows).toEqual([{ weight: 3 }, { weight: 3 }]);
  });

  test('hears what is notified, again after its connection was cut, and nothing once it has stopped', async () => {
    const heard: string[] = [];
    let next = Promise.withResolvers<string>();
    const gap = Promise.withResolvers<void>();
    const hear = (payload: string) => {
      heard.push(payload);
      next.resolve(payload);
      next = Promise.withResolvers();
    };
    const stop = await engine.listen('test_channel', hear, () => gap.resolve());
    const first = next.promise;
    await engine.notify('test_channel', 'one');
    expect(await first).toBe('one');
    await engine.query(
      'test_cut',
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'flow listener' and datname = current_database()`,
      [],
    );
    await gap.promise;
    const second = next.promise;
    await engine.notify('test_channel', 'two');
    expect(await second).toBe('two');
    await stop();
    await engine.notify('test_channel', 'three');
    expect(heard).toEqual(['one', 'two']);
  });
});
