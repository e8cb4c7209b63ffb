import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#base';
import { listenTo, openStream } from '../support/event-stream.ts';
import { openSocket, subscribe } from '../support/flow-socket.ts';
import { type SeededFlow, seedExecution, seedFlow } from '../support/seed-run.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

let platform: TestPlatform;
let user: TestClient;
let flow: SeededFlow;

beforeAll(async () => {
  platform = await startTestPlatform();
  user = await platform.as('app_user');
  flow = await seedFlow(platform.engineDb, platform.a.id);
});
afterAll(() => platform.close());

const takeTicket = async (client = user): Promise<string> => (await client.post('/api/ws/tickets')).body.ticket;
const socketUrl = (ticket: string, flowId = flow.flowId) => `${platform.url}/ws/flows/${flowId}?ticket=${ticket}`;
const streamUrl = (ticket: string, flowId = flow.flowId) => `${platform.url}/api/flows/${flowId}/events?ticket=${ticket}`;
const sql = (text: string, values: unknown[] = []) => platform.engineDb.query(newId(), text, values);

test('G4 a ticket opens one socket, another one a stream', async () => {
  const answer = await user.post('/api/ws/tickets');
  expect(answer).toMatchObject({ status: 200, body: { ticket: expect.any(String), expires_in_seconds: 30 } });
  expect(answer.headers.get('cache-control')).toBe('no-store');
  const socket = await subscribe(socketUrl(answer.body.ticket));
  const stream = await listenTo(streamUrl(await takeTicket()));
  const executionId = await seedExecution(platform.engineDb, flow);
  await user.delete(`/api/flow-executions/${executionId}`);
  for (const reader of [socket, stream]) await reader.next((message) => message.data?.id === executionId);
  expect((await openSocket(socketUrl(answer.body.ticket)).closed).code).toBe(4401);
  await socket.close();
  stream.close();
});

test('G4 of twenty connections at once with one ticket, one is let in', async () => {
  const ticket = await takeTicket();
  const streams = await Promise.all(Array.from({ length: 20 }, () => openStream(streamUrl(ticket))));
  expect(streams.map(({ response }) => response.statusCode).sort()).toEqual([200, ...Array.from({ length: 19 }, () => 401)]);
  for (const stream of streams) stream.close();
});

test('G4 a ticket ends after 30 seconds, and no ticket is kept as it is', async () => {
  const ticket = await takeTicket();
  const rows = await sql(
    'select ticket_hash, principal::text, extract(epoch from expires_at - now()) as seconds from access_tickets where used_at is null',
  );
  expect(rows).toHaveLength(1);
  expect(Number((rows[0] as { seconds: string }).seconds)).toBeLessThanOrEqual(30);
  expect(JSON.stringify(rows)).not.toContain(ticket);
  await sql('update access_tickets set expires_at = now() where used_at is null');
  expect((await openSocket(socketUrl(ticket)).closed).code).toBe(4401);
});

test('G4 a ticket is bound to its organization and to whoever took it', async () => {
  const ofB = await seedFlow(platform.engineDb, platform.b.id);
  expect((await openSocket(socketUrl(await takeTicket(), ofB.flowId)).closed).code).toBe(4404);
  const ticket = await takeTicket();
  const moved = ticket.replace(/_[0-9a-f]{32}_/, `_${platform.b.id.replaceAll('-', '')}_`);
  expect((await openSocket(socketUrl(moved, ofB.flowId)).closed).code).toBe(4401);
  expect((await openSocket(socketUrl(await takeTicket(await platform.as('worker')))).closed).code).toBe(4404); // not invited
  const key = await platform.as('service_account');
  await (await subscribe(socketUrl(await takeTicket(key)))).close();
});

test('G4 a ticket carries the rights of now, not those it was made under', async () => {
  const { id } = await platform.access.createUser({
    organizationId: platform.a.id,
    email: 'mover@ardent.example',
    role: 'app_user',
    firstName: 'Mo',
    lastName: 'Ver',
  });
  const { accessToken } = await platform.access.openSession(platform.a.id, id, 'password');
  const take = async () => {
    const response = await fetch(`${platform.url}/api/ws/tickets`, { method: 'POST', headers: { Authorization: `Bearer ${accessToken}` } });
    return ((await response.json()) as { ticket: string }).ticket;
  };
  const [asWorker, asNobody] = [await take(), await take()];
  await sql("update users set role = 'worker' where organization_id = $1 and id = $2", [platform.a.id, id]);
  expect((await openSocket(socketUrl(asWorker)).closed).code).toBe(4404);
  await sql("update users set status = 'inactive' where organization_id = $1 and id = $2", [platform.a.id, id]);
  expect((await openSocket(socketUrl(asNobody)).closed).code).toBe(4401);

  const account = await platform.access.createServiceAccount({ organizationId: platform.a.id, name: 'Short-lived', role: 'integration' });
  const admin = await platform.as('org_admin');
  const response = await fetch(`${platform.url}/api/ws/tickets`, { method: 'POST', headers: { 'X-API-Key': account.token } });
  const { ticket } = (await response.json()) as { ticket: string };
  await admin.delete(`/api/service-accounts/${account.id}`);
  expect((await openSocket(socketUrl(ticket)).closed).code).toBe(4401);
});

test('G4 a ticket is no credential elsewhere', async () => {
  const ticket = await takeTicket();
  const anyone = await platform.as('anonymous');
  expect((await anyone.get(`/api/flows?ticket=${ticket}`)).status).toBe(401);
  expect((await anyone.get('/api/flows', { Authorization: `Bearer ${ticket}` })).status).toBe(401);
  expect((await anyone.post('/api/ws/tickets')).status).toBe(401);
  expect((await openSocket(`${platform.url}/ws/flows/${flow.flowId}?token=${ticket}`).closed).code).toBe(4401);
  await (await subscribe(socketUrl(ticket))).close();
});

test('G4 no ticket is in any log', async () => {
  await openSocket(socketUrl('tkt_planted')).closed;
  await (await openStream(streamUrl('tkt_planted'))).ended;
  expect(JSON.stringify(platform.logged)).not.toContain('tkt_');
});
