import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createEngineDatabase, type EngineDatabase, roleUrl } from '#db';
import { expectNothingRuns, type FlowProcess, processesOf, runFlow, startServe } from '../support/flow-program.ts';
import { createFlow, uploadText } from '../support/run-flow.ts';
import { createClient, type TestClient } from '../support/test-client.ts';

/** `flow serve` on an embedded database, with a key of an organization's administrator. */
export interface Installation {
  server: Awaited<ReturnType<typeof startServe>>;
  client: TestClient;
  token: string;
}

export const keyOf = async (dataDir: string) => (await readFile(join(dataDir, 'encryption-key'), 'utf8')).trim();

/** `token`: of an installation that was restored. */
export async function startInstallation(dataDir: string, env: Record<string, string>, token?: string): Promise<Installation> {
  const server = await startServe(['--workers', '1', '--data', dataDir], { env });
  const known = token ?? (await makeToken(dataDir));
  return { server, token: known, client: createClient(server.url, { 'X-API-Key': known }) };
}

async function makeToken(dataDir: string): Promise<string> {
  const made = await runFlow(['admin', 'create-organization', '--name', 'Ardent', '--json', '--data', dataDir]);
  const { id } = JSON.parse(made.stdout);
  const key = await runFlow([
    'admin',
    'create-key',
    '--organization',
    id,
    '--name',
    'drill',
    '--role',
    'org_admin',
    '--json',
    '--data',
    dataDir,
  ]);
  return JSON.parse(key.stdout).token;
}

/** Looks behind the API, as the engine does. */
export async function openEngine(dataDir: string): Promise<EngineDatabase> {
  const { port, password } = JSON.parse(await readFile(join(dataDir, 'postgres.json'), 'utf8'));
  const key = Buffer.from(await keyOf(dataDir), 'base64');
  return createEngineDatabase(roleUrl(`postgres://flow:${password}@127.0.0.1:${port}/flow`, 'flow_engine', key), { max: 2 });
}

/** Everything of the folder dies at once, as with a machine: program, keeper, database. */
export async function loseMachine(dataDir: string, program: FlowProcess): Promise<void> {
  program.interrupt('SIGKILL');
  await program.exit;
  for (const line of processesOf(dataDir, program)) {
    try {
      process.kill(Number(line.split(' ')[0]), 'SIGKILL');
    } catch {
      // it went by itself
    }
  }
  await expectNothingRuns(dataDir, program);
}

/** Runs that pause in their middle and end with the text of their document, started one after the other until told to stop. */
export async function startLoad(client: TestClient) {
  const flowId = await createFlow(client, [
    { name: 'receive', task_executor_name: 'receive_file', parameters: {} },
    { name: 'pause', task_executor_name: 'delay', depends_on: ['receive'], parameters: { duration: '500ms' } },
    { name: 'tell', task_executor_name: 'format_data', depends_on: ['pause'], parameters: { template: '{{ receive.size_bytes }}' } },
  ]);
  const stop = new AbortController();
  const started: { id: string; fileKey: string; askedAt: number; answeredAt: number }[] = [];
  let refused = 0;
  const run = async () => {
    while (!stop.signal.aborted) {
      const { file_key } = await uploadText(client, flowId, `document ${started.length}`);
      const askedAt = Date.now();
      const answer = await client.post('/api/flow-executions', { flow_id: flowId, input: { file_key } });
      if (answer.status !== 201) refused++;
      else started.push({ id: answer.body.id, fileKey: file_key, askedAt, answeredAt: Date.now() });
      await wait(20); // the pace of the load
    }
  };
  const ended = run();
  return {
    started,
    get refused() {
      return refused;
    },
    stop: async () => {
      stop.abort();
      await ended;
    },
  };
}
