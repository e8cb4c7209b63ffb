// F27: more is asked at once than there are connections, of the pools or of the server. Whoever waits, waits a bounded time, and nobody waits for ever.
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { newId } from '#base';
import { createFlow } from '../support/run-flow.ts';
import { type RunningPlatform, receive, startRunningPlatform } from '../support/running-platform.ts';

const CLIENTS = 64;

/** Each client starts a run, reads it and the list; what comes of each call. */
async function askAtOnce({ user, fileKey }: RunningPlatform, flowId: string): Promise<{ statuses: number[]; started: string[] }> {
  const statuses: number[] = [];
  const started: string[] = [];
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      const key = { 'Idempotency-Key': newId() };
      const run = await user.post('/api/flow-executions', { flow_id: flowId, input: { file_key: fileKey } }, key);
      statuses.push(run.status);
      if (run.status === 201) started.push(run.body.id);
      const reads = [`/api/flow-executions/${run.body.id ?? newId()}`, '/api/flows'].map((path) => user.get(path));
      statuses.push(...(await Promise.all(reads)).map(({ status }) => status));
    }),
  );
  return { statuses, started };
}

async function asOwner(url: string, ...statements: string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  for (const text of statements) await client.query(text);
  await client.end();
}

const completed = `select count(*)::int as n from flow_executions where id = any($1::uuid[]) and status = 'completed'`;

test('F27: two connections a pool serve 64 clients and a worker: no request holds one while it waits for another', {
  timeout: 120_000,
}, async () => {
  const running = await startRunningPlatform({ loops: 1, config: { databaseConnections: 2 } });
  try {
    const flowId = await createFlow(running.user, [receive]);
    const { statuses, started } = await askAtOnce(running, flowId);
    expect([...new Set(statuses)].sort()).toEqual(expect.not.arrayContaining([500, 502, 504]));
    expect(statuses.filter((status) => ![200, 201, 404, 503].includes(status))).toEqual([]);
    expect(started.length).toBeGreaterThan(0);
    await expect
      .poll(async () => (await running.platform.engineDb.query('done', completed, [started]))[0], { timeout: 60_000 })
      .toEqual({ n: started.length });
  } finally {
    await running.platform.close();
  }
});

test('F27: while every connection is held, a request waits ten seconds, is told 503 and when to come again, and later is served', {
  timeout: 120_000,
}, async () => {
  const running = await startRunningPlatform({ config: { databaseConnections: 2 } });
  const holder = new Client({ connectionString: running.platform.ownerUrl });
  await holder.connect();
  try {
    await holder.query('begin');
    await holder.query('lock table flows in access exclusive mode');
    const asked = Array.from({ length: 6 }, () => running.user.get('/api/flows'));
    const first = await Promise.race(asked);
    expect(first).toMatchObject({ status: 503, body: { error: { code: 'service_unavailable' } } });
    expect(Number(first.headers.get('retry-after'))).toBeGreaterThan(0);
    await holder.query('commit');
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 200, 503, 503, 503, 503]);
    expect((await running.user.get('/api/flows')).status).toBe(200);
  } finally {
    await holder.end();
    await running.platform.close();
  }
});

test('F27: a server that has no connection left (53300) is a 503, and when it has some again everything goes on', {
  timeout: 120_000,
}, async () => {
  const running = await startRunningPlatform({ loops: 1 });
  const name = new URL(running.platform.ownerUrl).pathname.slice(1);
  try {
    const flowId = await createFlow(running.user, [receive]);
    await asOwner(running.platform.ownerUrl, `alter database ${name} connection limit 6`);
    const scarce = await askAtOnce(running, flowId);
    expect(scarce.statuses.filter((status) => ![200, 201, 404, 503].includes(status))).toEqual([]);
    expect(scarce.statuses).toContain(503);
    await asOwner(running.platform.ownerUrl, `alter database ${name} connection limit -1`);
    const plenty = await askAtOnce(running, flowId);
    expect(new Set(plenty.statuses)).toEqual(new Set([200, 201]));
    const started = [...scarce.started, ...plenty.started];
    await expect
      .poll(async () => (await running.platform.engineDb.query('done', completed, [started]))[0], { timeout: 60_000 })
      .toEqual({ n: started.length });
  } finally {
    await running.platform.close();
  }
});
