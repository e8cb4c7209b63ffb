/** What callers do while servers die, and what must hold afterwards. */
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import { createLog, newId, readConfig } from '#base';
import { createPlatform, type Platform } from '#platform';
import { checkHistory } from '../../src/engine/check-history.ts';
import { createFlow, reach, uploadText } from '../support/run-flow.ts';
import { createClient, type TestClient } from '../support/test-client.ts';

const CLIENTS = 3;

/** An API and a worker in this process, on the servers of the URL, with a caller that may start runs. */
export async function startLoadedPlatform(url: string, dataDir: string): Promise<{ platform: Platform; client: TestClient }> {
  const config = readConfig({ FLOW_DATA_DIR: dataDir, DATABASE_URL: url, FLOW_RATE_LIMIT: '100000' });
  const log = createLog({ level: 'silent' });
  const platform = await createPlatform({ config, log, loops: 2, listen: { host: '127.0.0.1', port: 0 } });
  const { id } = await platform.access.createOrganization({ name: 'Ardent' });
  const account = await platform.access.createServiceAccount({ organizationId: id, name: 'load', role: 'org_admin' });
  return { platform, client: createClient(platform.url ?? '', { 'X-API-Key': account.token }) };
}

/** Starts runs until told to stop; one that was not acknowledged is sent again under its key, as the SDK does. */
export async function startClients(client: TestClient) {
  const flowId = await createFlow(client, [
    { name: 'receive', task_executor_name: 'receive_file', parameters: {} },
    { name: 'pause', task_executor_name: 'delay', depends_on: ['receive'], parameters: { duration: '100ms' } },
    { name: 'tell', task_executor_name: 'format_data', depends_on: ['pause'], parameters: { template: '{{ receive.filename }}' } },
  ]);
  const { file_key } = await uploadText(client, flowId);
  const stop = new AbortController();
  const acknowledged: { id: string; askedAt: number; at: number }[] = [];
  let refused = 0;
  const startOne = async () => {
    const key = { 'Idempotency-Key': newId() };
    while (!stop.signal.aborted) {
      const askedAt = performance.now();
      const answer = await client.post('/api/flow-executions', { flow_id: flowId, input: { file_key } }, key).catch(() => undefined);
      if (answer?.status === 201) return void acknowledged.push({ id: answer.body.id, askedAt, at: performance.now() });
      refused++;
      await wait(50); // a client's own pause before it asks again
    }
  };
  const run = async () => {
    while (!stop.signal.aborted) await startOne();
  };
  const ended = Promise.all(Array.from({ length: CLIENTS }, run));
  const end = async () => {
    stop.abort();
    await ended;
  };
  return { acknowledged, refused: () => refused, end };
}

/** Every acknowledged run is there and has completed, and the rows agree with each other. */
export async function expectNothingLost(platform: Platform, client: TestClient, acknowledged: readonly { id: string }[]): Promise<void> {
  for (const { id } of acknowledged) expect(await reach(client, id, 'completed', 'failed')).toMatchObject({ status: 'completed' });
  const history = await checkHistory(platform.database.engineDb);
  expect(history.violations).toEqual([]);
  expect(history.rowsRead['flow_executions']).toBeGreaterThanOrEqual(acknowledged.length);
}
