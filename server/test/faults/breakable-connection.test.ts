// The tool itself: a cut that fell elsewhere than it says would let every test of this folder pass.
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type BreakableConnection, openBreakableConnection } from '../support/breakable-connection.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let connection: BreakableConnection;
let direct: Client;

beforeEach(async () => {
  database = await createTestDatabase();
  connection = await openBreakableConnection(database.ownerUrl);
  direct = new Client({ connectionString: database.ownerUrl });
  await direct.connect();
  await direct.query('create table marks (n int)');
});
afterEach(async () => {
  await connection.break();
  await direct.end();
  await database.drop();
});

const open = async (): Promise<Client> => {
  const client = new Client({ connectionString: connection.url });
  client.on('error', () => {}); // it is cut
  await client.connect();
  return client;
};
const marks = async () => (await direct.query('select n from marks order by n')).rows.map(({ n }) => n);
const isWrite = (statements: readonly string[]) => statements.some((text) => text.startsWith('insert'));

describe.each(['before', 'after'] as const)('a connection that is cut %s', (when) => {
  const done = when === 'after' ? [7] : [];

  test('the COMMIT of a transaction', async () => {
    const client = await open();
    const cut = connection.cutAtCommit({ when, matches: isWrite });
    await client.query('select 1');
    await client.query('begin');
    await client.query({ name: 'mark', text: 'insert into marks values ($1)', values: [7] });
    await expect(client.query('commit')).rejects.toThrow(/terminated/);
    expect(await cut).toEqual(['insert into marks values ($1)']);
    expect(await marks()).toEqual(done);
  });

  test.each([
    ['a prepared statement', { name: 'mark', text: 'insert into marks values ($1)', values: [7] }],
    ['an unnamed one', { text: 'insert into marks values ($1)', values: [7] }],
    ['a simple one', { text: 'insert into marks values (7)' }],
  ])('the commit that %s is by itself', async (_what, query) => {
    const client = await open();
    const cut = connection.cutAtCommit({ when, matches: isWrite });
    await client.query('select 1');
    await expect(client.query(query)).rejects.toThrow(/terminated/);
    expect(await cut).toHaveLength(1);
    expect(await marks()).toEqual(done);
  });
});

test('the n-th is meant, and a rollback is none', async () => {
  const client = await open();
  const cut = connection.cutAtCommit({ when: 'after', nth: 3, matches: isWrite });
  await client.query('insert into marks values (1)');
  await client.query('begin');
  await client.query('insert into marks values (2)');
  await client.query('rollback');
  await client.query('insert into marks values (3)');
  await expect(client.query('insert into marks values (4)')).rejects.toThrow(/terminated/);
  await cut;
  expect(await marks()).toEqual([1, 3, 4]);
});

test('a silent network answers nobody and tells nobody, and new connections go through when it is mended', async () => {
  const client = await open();
  connection.goSilent();
  const lost = client.query('insert into marks values (1)').then(
    () => 'answered',
    () => 'told',
  );
  const late = new Client({ connectionString: connection.url, connectionTimeoutMillis: 300 });
  await expect(late.connect()).rejects.toThrow(/timeout/);
  expect(await Promise.race([lost, 'waits'])).toBe('waits');
  await connection.mend();
  const next = await open();
  await next.query('insert into marks values (2)');
  expect(await marks()).toEqual([2]);
  await next.end();
  client.connection.stream.destroy();
  expect(await lost).toBe('told');
});

test('a slow network brings everything, whole and in order, byte by byte', async () => {
  const client = await open();
  connection.slowDown({ delayMs: 20, jitterMs: 20, packetBytes: 1 });
  const { rows } = await client.query({ name: 'many', text: 'select n from generate_series(1, $1::int) n', values: [500] });
  expect(rows.map(({ n }) => n)).toEqual(Array.from({ length: 500 }, (_, i) => i + 1));
  await client.end();
});
