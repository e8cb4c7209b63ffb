import { expect, test } from 'vitest';
import { createFlowClient } from './create-flow-client.ts';
import { ApiError } from './index.ts';

/** Answers in this order, then 200; keeps what was asked. */
function scripted(...answers: Response[]) {
  const asked: Request[] = [];
  const fetch = async (request: Request) => {
    asked.push(request);
    return answers[asked.length - 1] ?? Response.json({ flows: [] });
  };
  return { asked, client: createFlowClient({ baseUrl: 'http://flow.example/', apiKey: 'saf_key', fetch }) };
}
const later = (status: number) =>
  new Response('{"error":{"message":"later","code":"rate_limited"}}', { status, headers: { 'Retry-After': '0.001' } });

test('a read that is told to come later comes later', async () => {
  const { client, asked } = scripted(later(429), later(503));
  const { data } = await client.api.GET('/api/flows');
  expect(data).toEqual({ flows: [] });
  expect(asked.map(({ url }) => url)).toEqual(Array(3).fill('http://flow.example/api/flows'));
});

test('it gives up after four tries, with what the server said', async () => {
  const { client, asked } = scripted(...Array.from({ length: 9 }, () => later(429)));
  await expect(client.api.GET('/api/flows')).rejects.toMatchObject({ status: 429, code: 'rate_limited' });
  expect(asked).toHaveLength(4);
});

test('a POST is repeated only where a key makes that safe', async () => {
  const body = { flow_id: '0192a5f0-7c1e-7a3b-9d52-3f6c1b7e8a90', input: {} };
  const once = scripted(later(503));
  await expect(once.client.api.POST('/api/flow-executions', { body })).rejects.toThrow(ApiError);
  const keyed = scripted(later(503));
  await keyed.client.api.POST('/api/flow-executions', { body, headers: { 'Idempotency-Key': 'k' } });
  expect(keyed.asked).toHaveLength(2);
  expect(await keyed.asked[1]?.json()).toEqual(body);
});

test('credentials go to the server only, never to a signed address elsewhere', async () => {
  const { client, asked } = scripted();
  await client.send('GET', '/api/flows');
  await client.send('PUT', 'http://files.example/signed', { body: 'x' });
  expect(asked.map(({ headers }) => headers.get('authorization'))).toEqual(['Bearer saf_key', null]);
});

test('an error that is no envelope still says what happened', async () => {
  const { client } = scripted(new Response('<h1>Bad gateway</h1>', { status: 502 }));
  await expect(client.api.GET('/api/flows')).rejects.toMatchObject({ status: 502, code: 'unknown', message: '<h1>Bad gateway</h1>' });
});

test('the signal of a client ends a wait', async () => {
  const stop = new AbortController();
  const fetch = async () => {
    queueMicrotask(() => stop.abort(new Error('enough')));
    return new Response('', { status: 503, headers: { 'Retry-After': '60' } });
  };
  const client = createFlowClient({ baseUrl: 'http://flow.example', apiKey: 'k', fetch, signal: stop.signal });
  await expect(client.api.GET('/api/flows')).rejects.toThrow('enough');
});
