import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#base';
import { type BreakableConnection, openBreakableConnection } from '../support/breakable-connection.ts';
import { createFlow, uploadText } from '../support/run-flow.ts';
import { seedExecution, seedFlow } from '../support/seed-run.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

let platform: TestPlatform;
let connection: BreakableConnection;
let user: TestClient;

beforeAll(async () => {
  const connectBy = async (url: string) => {
    connection = await openBreakableConnection(url);
    return connection.url;
  };
  platform = await startTestPlatform({ connectBy, config: { uniqueFlowNames: false } });
  user = await platform.as('app_user');
});
afterAll(async () => {
  await platform.close();
  await connection.break();
});

const count = async (table: string) =>
  Number((await platform.engineDb.query<{ n: string }>(newId(), `select count(*) as n from ${table}`, []))[0]?.n);

test('F3, G5: a POST whose connections to the database are cut at any moment is done once when its client asks again with its key', async () => {
  const receive = { name: 'receive', task_executor_name: 'receive_file', parameters: {} };
  const flowId = await createFlow(user, [receive]);
  const { file_key } = await uploadText(user, flowId);
  const executionId = await seedExecution(platform.engineDb, await seedFlow(platform.engineDb, platform.a.id));
  const calls: [string, string, object][] = [
    ['flows', '/api/flows', { display_name: 'Once', definition: { name: 'once', tasks: [receive] } }],
    ['flow_executions', '/api/flow-executions', { flow_id: flowId, input: { file_key } }],
    ['task_outputs', '/api/task-outputs', { flow_execution_id: executionId, organization_id: platform.a.id, task_name: 'a', summary: {} }],
  ];
  for (let cut = 0; cut < 24; cut++) {
    const [table, path, body] = calls[cut % calls.length] as (typeof calls)[number];
    const before = await count(table);
    const headers = { 'Idempotency-Key': newId() };
    const first = user.post(path, body, headers);
    await wait(cut); // another moment of the call each time: from before its first statement to after its last
    await connection.break();
    const lost = await first;
    expect([201, 503]).toContain(lost.status);
    await connection.mend();
    let again = await user.post(path, body, headers);
    for (let tries = 0; [409, 503].includes(again.status) && tries < 20; tries++) again = await user.post(path, body, headers);
    expect(again.status).toBe(201);
    if (lost.status === 201) expect(again.body.id).toBe(lost.body.id);
    expect(await count(table)).toBe(before + 1);
  }
});
