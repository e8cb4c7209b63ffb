import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reachEnd, startRun, uploadText } from '../support/run-flow.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

const EXAMPLE = fileURLToPath(new URL('../../../examples/external-worker/', import.meta.url));

function hasPython(): boolean {
  try {
    execFileSync('python3', ['--version']);
    return true;
  } catch {
    return false;
  }
}

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startTestPlatform({ loops: 1 });
});
afterAll(() => platform.close());

test.skipIf(!hasPython())(
  'examples/external-worker counts words (skipped only where there is no python3)',
  { timeout: 60_000 },
  async () => {
    const client = await platform.as('service_account');
    const env = { PATH: process.env.PATH, FLOW_SERVER: platform.url, FLOW_API_KEY: client.token };
    const worker = spawn('python3', [`${EXAMPLE}worker.py`], { env, stdio: ['ignore', 'inherit', 'inherit'] });
    try {
      const definition = readFileSync(`${EXAMPLE}flow.yaml`, 'utf8');
      const flow = await client.post('/api/flows', definition, { 'Content-Type': 'application/yaml' });
      expect(flow.status, JSON.stringify(flow.body)).toBe(201);
      const { file_key } = await uploadText(client, flow.body.id, 'one two three four five');
      const { id } = await startRun(client, flow.body.id, { file_key });
      expect((await reachEnd(client, id)).status).toBe('completed');
      const { body } = await client.get(`/api/task-outputs?flow_execution_id=${id}&task_name=summary`);
      expect(body[0].output.text).toMatch(/ has 5 words$/);
    } finally {
      worker.kill();
    }
  },
);
