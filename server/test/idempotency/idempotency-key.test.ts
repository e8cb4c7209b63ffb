import { CompiledQuery } from 'kysely';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#base';
import type { Platform } from '#platform';
import { createFlow, uploadText } from '../support/run-flow.ts';
import { startSecondProcess } from '../support/second-process.ts';
import { type SeededFlow, seedExecution, seedFlow } from '../support/seed-run.ts';
import { createClient, type TestClient, type TestResponse } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

let here: TestPlatform;
let there: Platform & { url: string };
let user: TestClient;
let elsewhere: TestClient;
let flowId: string;
let seeded: SeededFlow;
let executionId: string;
let file: { file_key: string };

const definition = { name: 'echo', tasks: [{ name: 'receive', task_executor_name: 'receive_file', parameters: {} }] };

beforeAll(async () => {
  here = await startTestPlatform({ config: { uniqueFlowNames: false } });
  there = await startSecondProcess(here);
  user = await here.as('app_user');
  elsewhere = createClient(there.url, user.headers, user);
  flowId = await createFlow(user, definition.tasks);
  file = await uploadText(user, flowId);
  seeded = await seedFlow(here.engineDb, here.a.id);
  executionId = await seedExecution(here.engineDb, seeded);
});
afterAll(async () => {
  await there.close();
  await here.close();
});

/** As the API's role: it is the one that may change keys. */
const sql = async <R>(text: string, values: unknown[] = []): Promise<R[]> => {
  const scope = { organizationId: here.a.id, principalId: user.id, role: 'app_user' };
  const { rows } = await there.database.tenant.transaction(scope, (tx) => tx.executeQuery<R>(CompiledQuery.raw(text, values)));
  return rows;
};
const count = async (table: string) => Number((await sql<{ n: string }>(`select count(*) as n from ${table}`))[0]?.n);
const withKey = (key: string, more = {}) => ({ 'Idempotency-Key': key, ...more });

/** Each operation that takes a key: a body that it takes, another one, and the table of what it makes. */
const operations: [string, { path: string; body: () => object; other: () => object; table: string }][] = [
  [
    'a flow',
    {
      path: '/api/flows',
      body: () => ({ display_name: 'Once', definition }),
      other: () => ({ display_name: 'Twice', definition }),
      table: 'flows',
    },
  ],
  [
    'a run',
    {
      path: '/api/flow-executions',
      body: () => ({ flow_id: flowId, input: { file_key: file.file_key } }),
      other: () => ({ flow_id: flowId, input: { file_key: file.file_key, a: 1 } }),
      table: 'flow_executions',
    },
  ],
  [
    'an output',
    {
      path: '/api/task-outputs',
      body: () => ({ flow_execution_id: executionId, organization_id: here.a.id, task_name: 'read', summary: { pages: 1 } }),
      other: () => ({ flow_execution_id: executionId, organization_id: here.a.id, task_name: 'read', summary: { pages: 2 } }),
      table: 'task_outputs',
    },
  ],
];

describe.each(operations)('G5 %s', (_name, { path, body, other, table }) => {
  test('is made once, and the same answer comes again, from whichever process', async () => {
    const key = newId();
    const before = await count(table);
    const first = await user.post(path, body(), withKey(key));
    expect(first.status).toBe(201);
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    for (const client of [user, elsewhere]) {
      const again = await client.post(path, body(), withKey(key));
      expect(again).toMatchObject({ status: 201, body: first.body });
      expect(again.headers.get('idempotency-replayed')).toBe('true');
      expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'));
    }
    expect(await count(table)).toBe(before + 1);
  });

  test('with another body, or another query, under the same key is a conflict', async () => {
    const key = newId();
    await user.post(path, body(), withKey(key));
    const before = await count(table);
    expect(await user.post(path, other(), withKey(key))).toMatchObject({ status: 409, body: { error: { code: 'conflict' } } });
    expect((await user.post(`${path}?x=1`, body(), withKey(key))).status).toBe(409);
    expect(await count(table)).toBe(before);
  });

  test('asked for by a hundred calls at once with one key is made once', async () => {
    const key = newId();
    const before = await count(table);
    const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => (i % 2 ? elsewhere : user).post(path, body(), withKey(key))));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === 'true')).toHaveLength(99);
    expect(await count(table)).toBe(before + 1);
  });

  test('whose call died after its work is not made again', async () => {
    const key = newId();
    const first = await user.post(path, body(), withKey(key));
    const before = await count(table);
    await leaveUnanswered(key);
    const again = await elsewhere.post(path, body(), withKey(key));
    expect(again).toMatchObject({ status: 201, body: { id: first.body.id } });
    expect(await count(table)).toBe(before);
    expect((await user.post(path, body(), withKey(key))).headers.get('idempotency-replayed')).toBe('true');
  });

  test('whose call died before its work is made by the next', async () => {
    const [done, dead] = [newId(), newId()];
    await user.post(path, body(), withKey(done));
    await sql(
      `insert into idempotency_keys (organization_id, principal_id, route, key, body_hash, held_until, expires_at)
       select organization_id, principal_id, route, $2, body_hash, now(), expires_at from idempotency_keys where key = $1`,
      [done, dead],
    );
    const before = await count(table);
    expect((await user.post(path, body(), withKey(dead))).status).toBe(201);
    expect(await count(table)).toBe(before + 1);
  });

  test('is another’s own under the same key', async () => {
    const key = newId();
    const first = await user.post(path, body(), withKey(key));
    const colleague = await here.as('org_admin');
    const second = await colleague.post(path, body(), withKey(key));
    expect(second.status).toBe(201);
    expect(second.body.id).not.toBe(first.body.id);
    const foreigner = await here.as('app_user', here.b);
    const third = await foreigner.post(path, body(), withKey(key));
    expect(third.headers.get('idempotency-replayed')).toBeNull();
    expect(third.body.id).not.toBe(first.body.id);
  });
});

/** As a process leaves it that ends between its work and its answer, once its time is over. */
const leaveUnanswered = (key: string, heldUntil = "now() - interval '1 s'") =>
  sql(`update idempotency_keys set status = null, headers = null, body = null, held_until = ${heldUntil} where key = $1`, [key]);

const run = (key: string, input: object = {}, more: Record<string, string> = {}): Promise<TestResponse<{ id: string }>> =>
  user.post('/api/flow-executions', { flow_id: flowId, input: { file_key: file.file_key, ...input } }, withKey(key, more));

test('G5 a second call waits for the answer of the first', async () => {
  const key = newId();
  const first = await run(key);
  const [kept] = await sql<{ body: string }>('select body from idempotency_keys where key = $1', [key]);
  await leaveUnanswered(key, "now() + interval '1 minute'");
  const second = run(key);
  await expect(Promise.race([second, Promise.resolve('waits')])).resolves.toBe('waits');
  await sql(
    'update idempotency_keys set status = 201, headers = \'{"content-type":"application/json"}\', body = $2, held_until = now() where key = $1',
    [key, kept?.body],
  );
  expect((await second).body.id).toBe(first.body.id);
});

test('G5 a second call waits ten seconds, then is told to come back', async () => {
  const key = newId();
  await run(key);
  await leaveUnanswered(key, "now() + interval '1 minute'");
  const started = Date.now();
  const second = await run(key);
  expect(second).toMatchObject({ status: 409, body: { error: { code: 'conflict' } } });
  expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(Date.now() - started).toBeGreaterThan(8_000);
});

test.each([
  ['an empty key', ' '],
  ['a key of 256 characters', 'k'.repeat(256)],
])('G5 %s is refused', async (_name, key) => {
  expect(await run(key)).toMatchObject({ status: 400, body: { error: { code: 'bad_request' } } });
});

test('G5 a key of 255 characters is well, and no key at all makes two', async () => {
  expect((await run('k'.repeat(255))).status).toBe(201);
  const body = { flow_id: flowId, input: { file_key: file.file_key } };
  const [one, two] = [await user.post('/api/flow-executions', body), await user.post('/api/flow-executions', body)];
  expect(one.body.id).not.toBe(two.body.id);
});

test('G5 refusals of the work are kept; those of the request, the caller or the server are not', async () => {
  const missing = { flow_id: newId(), input: {} };
  const [kept, malformed, foreign] = [newId(), newId(), newId()];
  for (const replayed of [null, 'true']) {
    const answer = await user.post('/api/flow-executions', missing, withKey(kept));
    expect(answer.status).toBe(404);
    expect(answer.headers.get('idempotency-replayed')).toBe(replayed);
  }
  expect((await user.post('/api/flow-executions', { flow_id: 'x' }, withKey(malformed))).status).toBe(422);
  expect((await run(malformed)).status).toBe(201); // the key was never taken
  const nobody = await here.as('anonymous');
  expect((await nobody.post('/api/flow-executions', missing, withKey(foreign))).status).toBe(401);
  expect((await run(foreign)).status).toBe(201);
});

test('G5 after an error of the server the key is free, and the work is done once', async () => {
  const key = newId();
  const before = await count('flow_executions');
  const owner = new Client({ connectionString: here.ownerUrl });
  await owner.connect();
  await owner.query(`alter table flow_executions add constraint broken check (input ->> 'break' is null) not valid`);
  expect((await run(key, { break: true })).status).toBe(500);
  await owner.query('alter table flow_executions drop constraint broken');
  await owner.end();
  const answers = [await run(key, { break: true }), await run(key, { break: true })];
  expect(answers.map(({ status }) => status)).toEqual([201, 201]);
  expect(await count('flow_executions')).toBe(before + 1);
  expect((await run(key, { other: true })).status).toBe(409);
});

test('G5 an answer that is too large to keep is made anew from what is there', async () => {
  const key = newId();
  const body = {
    flow_execution_id: executionId,
    organization_id: here.a.id,
    task_name: 'read',
    summary: {},
    output: { text: 'x'.repeat(400_000) },
  };
  const before = await count('task_outputs');
  const first = await user.post('/api/task-outputs', body, withKey(key));
  const again = await elsewhere.post('/api/task-outputs', body, withKey(key));
  expect(again).toMatchObject({ status: 201, body: first.body });
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  expect(await count('task_outputs')).toBe(before + 1);
  expect((await user.post('/api/task-outputs', { ...body, output: {} }, withKey(key))).status).toBe(409);
});

test('G5 after a day the key is new', async () => {
  const key = newId();
  const first = await run(key);
  await sql("update idempotency_keys set expires_at = now() - interval '1 s' where key = $1", [key]);
  const second = await run(key, { changed: true });
  expect(second.status).toBe(201);
  expect(second.body.id).not.toBe(first.body.id);
});

test('G5 a kept answer has what the first one had: the preference that was applied', async () => {
  const key = newId();
  for (let i = 0; i < 2; i++) expect((await run(key, {}, { Prefer: 'wait=0' })).headers.get('preference-applied')).toBe('wait=0');
});

test('G5 operations that take no key ignore it', async () => {
  const key = withKey(newId());
  expect((await user.get('/api/models', key)).status).toBe(200);
  expect((await user.patch(`/api/flows/${flowId}`, { description: 'a' }, key)).status).toBe(200);
  expect((await user.patch(`/api/flows/${flowId}`, { description: 'b' }, key)).body.description).toBe('b');
});
