/** A primary and a synchronous standby: the primary dies under load, the standby is promoted, and nothing that was acknowledged is missing. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { createLog, newId, readConfig } from '#base';
import { createPlatform } from '#platform';
import { checkHistory } from '../../src/engine/check-history.ts';
import { until } from '../support/flow-program.ts';
import { createFlow, reach, uploadText } from '../support/run-flow.ts';
import { createClient, type TestClient } from '../support/test-client.ts';
import { startPostgresPair } from './postgres-pair.ts';

const CLIENTS = 3;
const BEFORE = 20; // acknowledged writes before the primary dies
const AFTER = 20;

/** Starts runs until told to stop; one that was not acknowledged is sent again under its key, as the SDK does. */
function startClients(client: TestClient, flowId: string, fileKey: string) {
  const stop = new AbortController();
  const acknowledged: { id: string; at: number }[] = [];
  let refused = 0;
  const startOne = async () => {
    const key = { 'Idempotency-Key': newId() };
    while (!stop.signal.aborted) {
      const answer = await client
        .post('/api/flow-executions', { flow_id: flowId, input: { file_key: fileKey } }, key)
        .catch(() => undefined);
      if (answer?.status === 201) return void acknowledged.push({ id: answer.body.id, at: performance.now() });
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

test.runIf(process.platform === 'linux' && !process.env.TEST_DATABASE_URL)(
  'the primary is killed under load and the standby promoted: no acknowledged write is lost, writes come back, every run ends',
  { timeout: 240_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'flow-ha-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const pair = await startPostgresPair(folder);
    onTestFinished(pair.close);
    const config = readConfig({ FLOW_DATA_DIR: join(folder, 'data'), DATABASE_URL: pair.url, FLOW_RATE_LIMIT: '100000' });
    const log = createLog({ level: 'silent' });
    const platform = await createPlatform({ config, log, loops: 2, listen: { host: '127.0.0.1', port: 0 } });
    onTestFinished(platform.close);
    const { id } = await platform.access.createOrganization({ name: 'Ardent' });
    const account = await platform.access.createServiceAccount({ organizationId: id, name: 'load', role: 'org_admin' });
    const client = createClient(platform.url ?? '', { 'X-API-Key': account.token });
    const flowId = await createFlow(client, [
      { name: 'receive', task_executor_name: 'receive_file', parameters: {} },
      { name: 'pause', task_executor_name: 'delay', depends_on: ['receive'], parameters: { duration: '100ms' } },
      { name: 'tell', task_executor_name: 'format_data', depends_on: ['pause'], parameters: { template: '{{ receive.filename }}' } },
    ]);
    const { file_key } = await uploadText(client, flowId);

    const load = startClients(client, flowId, file_key);
    onTestFinished(load.end);
    await until(() => load.acknowledged.length >= BEFORE, 'the load runs');
    await pair.primary.kill();
    const killedAt = performance.now();
    await pair.standby.query('select pg_promote()');
    const since = () => load.acknowledged.filter(({ at }) => at > killedAt);
    await until(() => since().length >= AFTER, 'writes are back');
    await load.end();
    console.log(
      `writes were back ${Math.round((since()[0]?.at ?? 0) - killedAt)} ms after the kill; ${load.refused()} requests were repeated`,
    );

    for (const run of load.acknowledged) expect(await reach(client, run.id, 'completed', 'failed')).toMatchObject({ status: 'completed' });
    const history = await checkHistory(platform.database.engineDb);
    expect(history.violations).toEqual([]);
    expect(history.rowsRead['flow_executions']).toBeGreaterThanOrEqual(load.acknowledged.length);
  },
);
