import { expect } from 'vitest';
import type { TestClient } from './test-client.ts';

/** What a user does to run something, step by step through the API; each step must succeed. */

/** Creates a flow and answers its id. */
export async function createFlow(client: TestClient, tasks: unknown[], extra: Record<string, unknown> = {}): Promise<string> {
  const body = { display_name: `Flow ${Math.random()}`, definition: { name: 'flow', tasks, ...extra } };
  const answer = await client.post('/api/flows', body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body.id;
}

/** Uploads a text and answers its key and address. */
export async function uploadText(client: TestClient, flowId: string, text = 'hello'): Promise<{ file_key: string; uri: string }> {
  const { body: place } = await client.post(`/api/flows/${flowId}/upload-url?content_type=text/plain`);
  const put = await fetch(place.upload_url, { method: 'PUT', body: text, headers: { 'Content-Type': 'text/plain' } });
  expect(put.status).toBe(200);
  return place;
}

/** Starts a run and answers its id; with `waitSeconds`, when it has ended. */
export async function startRun(
  client: TestClient,
  flowId: string,
  input: unknown,
  options: { waitSeconds?: number } = {},
): Promise<{ id: string; status: string }> {
  const prefer: Record<string, string> = options.waitSeconds === undefined ? {} : { Prefer: `wait=${options.waitSeconds}` };
  const answer = await client.post('/api/flow-executions', { flow_id: flowId, input }, prefer);
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body;
}

/** Polls, as clients do, until the run is in one of these statuses. */
export async function reach(
  client: TestClient,
  executionId: string,
  ...statuses: string[]
): Promise<{ status: string; [field: string]: unknown }> {
  let body: { status: string } = { status: 'unknown' };
  await expect
    .poll(
      async () => {
        body = (await client.get(`/api/flow-executions/${executionId}`)).body;
        return statuses.includes(body.status) ? 'reached' : body.status;
      },
      { timeout: 20_000, interval: 30 },
    )
    .toBe('reached');
  return body;
}

const ENDED = ['completed', 'failed', 'cancelled', 'edited', 'stale'];
export const reachEnd = (client: TestClient, executionId: string) => reach(client, executionId, ...ENDED);
