// Five times what a client may ask: what is refused is refused with 429 or 503 and when to come back, what was accepted is done, others notice nothing, and
// afterwards all is as before.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkHistory } from '../../src/engine/check-history.ts';
import { createFlow, startRun } from '../support/run-flow.ts';
import { receive, startRunningPlatform } from '../support/running-platform.ts';
import type { TestClient } from '../support/test-client.ts';
import type { TestPlatform } from '../support/test-platform.ts';

const ALLOWED_A_SECOND = 6; // far below what any machine answers
const FLOOD_MS = 5_000;
/** The flood goes on until so many were refused, however slow the machine is. */
const REFUSED = 100;
const PATIENCE_MS = 120_000;
const OTHERS_PAUSE_MS = 250; // within what a client may ask
const CONNECTIONS = 40;

let platform: TestPlatform;
let user: TestClient;
let fileKey: string;
beforeAll(async () => {
  ({ platform, user, fileKey } = await startRunningPlatform({ loops: 1, config: { rateLimitPerSecond: ALLOWED_A_SECOND } }));
});
afterAll(() => platform.close());

interface Flood {
  statuses: Map<number, number>;
  accepted: string[];
  /** Refusals that do not say when to come back. */
  mute: number;
}

/** Each connection asks again as soon as it is answered, in all far more than five times what is allowed. */
async function flood(client: TestClient, flowId: string, over: AbortController): Promise<Flood> {
  const seen: Flood = { statuses: new Map(), accepted: [], mute: 0 };
  const startedAt = performance.now();
  const isOver = () => {
    const passed = performance.now() - startedAt;
    return (passed > FLOOD_MS && (seen.statuses.get(429) ?? 0) >= REFUSED) || passed > PATIENCE_MS;
  };
  const ask = async () => {
    while (!isOver()) {
      const { status, headers, body } = await client.post('/api/flow-executions', { flow_id: flowId, input: { file_key: fileKey } });
      seen.statuses.set(status, (seen.statuses.get(status) ?? 0) + 1);
      if (status === 201) seen.accepted.push(body.id);
      else if (!(Number(headers.get('retry-after')) >= 0)) seen.mute++;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, ask)).finally(() => over.abort());
  return seen;
}

test('a flood is refused in part and politely, and what was accepted is done', { timeout: 400_000 }, async () => {
  const tasks = [receive, { name: 'say', task_executor_name: 'format_data', parameters: { template: '{{ receive.filename }}' } }];
  const flowId = await createFlow(user, tasks);
  const other = await platform.as('app_user', platform.b);
  const over = new AbortController();
  const flooding = flood(user, flowId, over);
  let others = 0;
  for (; !over.signal.aborted; others++) {
    expect((await other.get('/api/flows')).status, 'of somebody else').toBe(200);
    await sleep(OTHERS_PAUSE_MS);
  }
  const { statuses, accepted, mute } = await flooding;
  console.info(JSON.stringify({ ...Object.fromEntries(statuses), others }));
  expect([...statuses.keys()].filter((status) => ![201, 429, 503].includes(status))).toEqual([]);
  expect(statuses.get(201)).toBeGreaterThan(0);
  expect(statuses.get(429), 'what is beyond it').toBeGreaterThanOrEqual(REFUSED);
  expect([mute, others > 0]).toEqual([0, true]);

  const left = () =>
    platform.engineDb.query<{ n: number }>('test/left', `select count(*)::int as n from flow_executions where status <> 'completed'`, []);
  await expect.poll(async () => (await left())[0]?.n, { timeout: 120_000 }).toBe(0);
  const [ran] = await platform.engineDb.query<{ n: number }>(
    'test/ran',
    'select count(*)::int as n from flow_executions where id = any($1::uuid[])',
    [accepted],
  );
  expect(ran?.n, 'each that was answered with 201 is there').toBe(accepted.length);
  expect((await other.get('/health/ready')).status).toBe(200);
  await expect.poll(async () => (await user.get('/api/flows')).status, { timeout: 30_000 }).toBe(200);
  expect((await startRun(user, flowId, { file_key: fileKey }, { waitSeconds: 60 })).status).toBe('completed');
  expect((await checkHistory(platform.engineDb)).violations).toEqual([]);
});
