import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '#base';
import type { Platform } from '#platform';
import { listChangesSince } from '../../src/api/live/replay.queries.ts';
import { listenTo, type TestStream } from '../support/event-stream.ts';
import { subscribe, type TestSocket } from '../support/flow-socket.ts';
import { startSecondProcess } from '../support/second-process.ts';
import { type SeededFlow, seedExecution, seedFlow, seedTask } from '../support/seed-run.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

let here: TestPlatform;
let there: Platform & { url: string };
let user: TestClient;
let flow: SeededFlow;
let executionId: string;

beforeAll(async () => {
  here = await startTestPlatform();
  there = await startSecondProcess(here);
  user = await here.as('app_user');
});
beforeEach(async () => {
  flow = await seedFlow(here.engineDb, here.a.id);
  executionId = await seedExecution(here.engineDb, flow);
});
afterAll(async () => {
  await there.close();
  await here.close();
});

const post = async (change: Record<string, unknown> = {}): Promise<string> => {
  const body = { flow_execution_id: executionId, organization_id: here.a.id, task_name: 'read', summary: {}, ...change };
  return (await user.post('/api/task-outputs', body)).body.id;
};
type Reader = TestSocket | TestStream;
const openers: [string, (url: string, lastEventId?: string) => Promise<Reader>][] = [
  ['socket', (url, place) => subscribe(`${url}/ws/flows/${flow.flowId}?token=${user.token}${place ? `&last_event_id=${place}` : ''}`)],
  [
    'stream',
    (url, place) => listenTo(`${url}/api/flows/${flow.flowId}/events`, { ...user.headers, ...(place ? { 'Last-Event-ID': place } : {}) }),
  ],
];
const open = openers[1]?.[1] as (url: string, lastEventId?: string) => Promise<Reader>;
const idsIn = (reader: Reader) => reader.messages.flatMap((message) => message.data?.id ?? []);
const sql = (text: string, values: unknown[] = []) => here.engineDb.query(newId(), text, values);
const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000);

describe.each(openers)('G4 a %s that comes back', (_name, openReader) => {
  test('G4 to another process is told what changed since, with its present state, then goes on', async () => {
    const first = await openReader(here.url);
    const seen = await post();
    const place = (await first.next((message) => message.data?.id === seen)).id as string;
    await first.close();
    const missed = [await post({ status: 'running' }), await post({ task_name: 'other' })];
    const deleted = await seedExecution(here.engineDb, flow);
    await user.delete(`/api/flow-executions/${deleted}`);
    const settled = await seedTask(here.engineDb, flow, executionId, { task: 1, status: 'failed' });

    const second = await openReader(there.url, place);
    await second.next((message) => message.data?.id === settled);
    const live = await post();
    await second.next((message) => message.data?.id === live);
    const told = second.messages.filter(({ type }) => type !== 'subscribed');
    for (const id of [...missed, deleted, settled]) expect(idsIn(second)).toContain(id); // one that travelled meanwhile comes twice
    expect(told.find(({ data }) => data?.id === missed[0])).toMatchObject({
      type: 'task_output.created',
      status: 'running',
      task_name: 'read',
      flow_execution_id: executionId,
    });
    expect(told.find(({ data }) => data?.id === deleted)).toMatchObject({ type: 'flow_execution.deleted', status: 'deleted' });
    expect(told.find(({ data }) => data?.id === settled)).toMatchObject({ type: 'task_execution.updated', status: 'failed' });
    const ids = told.map(({ id }) => id as string);
    expect(ids).toEqual([...ids].sort());
    expect(idsIn(second).at(-1)).toBe(live);
    await second.close();
  });

  test.each([
    ['whose place is older than five minutes', () => newId().replace(/^.{8}-.{4}/, '01980000-0000')],
    ['whose place no message had', () => 'nonsense'],
  ])('G4 %s is told to read anew, and hears what happens', async (_case, place) => {
    const reader = await openReader(there.url, place());
    const resync = await reader.next(({ type }) => type === 'resync');
    expect(resync).toEqual({ id: expect.any(String), type: 'resync', flow_id: flow.flowId });
    const id = await post();
    await reader.next((message) => message.data?.id === id);
    expect(reader.messages.map(({ type }) => type)).toEqual(['subscribed', 'resync', 'task_output.created']);
    await reader.close();
  });
});

test('G4 a reader that is cut again and again, by turns at two processes, misses nothing that is made meanwhile', async () => {
  const made: string[] = [];
  let isDone = false;
  const writing = (async () => {
    for (let i = 0; i < 120; i++) made.push(await post({ task_name: `t${i}` }));
    isDone = true;
  })();
  const heard = new Set<string>();
  let place: string | undefined;
  for (let turn = 0; !isDone || turn % 2 === 1; turn++) {
    const stream = (await open(turn % 2 === 0 ? here.url : there.url, place)) as TestStream;
    const before = heard.size;
    await expect.poll(() => isDone || idsIn(stream).some((id) => !heard.has(id)), { interval: 5, timeout: 10_000 }).toBe(true);
    for (const id of idsIn(stream)) heard.add(id);
    place = stream.lastEventId() ?? place;
    stream.close();
    if (heard.size === before && isDone) break;
  }
  await writing;
  const last = (await open(there.url, place)) as TestStream;
  const final = await post();
  await last.next((message) => message.data?.id === final);
  for (const id of idsIn(last)) heard.add(id);
  last.close();
  expect(made.filter((id) => !heard.has(id))).toEqual([]);
});

test('G4 a replay tells nothing of another organization or another flow', async () => {
  const [foreign, other] = [await seedFlow(here.engineDb, here.b.id), await seedFlow(here.engineDb, here.a.id)];
  const b = await here.as('app_user', here.b);
  const place = newId();
  for (let i = 0; i < 5; i++) {
    const [ofB, ofOther] = [await seedExecution(here.engineDb, foreign), await seedExecution(here.engineDb, other)];
    await seedTask(here.engineDb, foreign, ofB);
    await seedTask(here.engineDb, other, ofOther);
    await b.post('/api/task-outputs', { flow_execution_id: ofB, organization_id: here.b.id, task_name: 'read', summary: {} });
  }
  const own = await post();
  const reader = await open(there.url, place);
  await reader.next((message) => message.data?.id === own);
  expect(new Set(idsIn(reader))).toEqual(new Set([executionId, own]));
  await reader.close();
});

test('G4 an output whose time a client said is told by when it came, one that is long gone is not', async () => {
  const place = newId();
  const old = newId();
  const backdated = await post({ id: `0198${old.slice(4)}`, created_at: '2020-01-01T00:00:00Z' });
  const earlier = await post();
  await sql("update task_outputs set changed_at = now() - interval '1 hour', updated_at = now() - interval '1 hour' where id = $1", [
    earlier,
  ]);
  const reader = await open(there.url, place);
  await reader.next((message) => message.data?.id === backdated);
  expect(idsIn(reader)).not.toContain(earlier);
  await reader.close();
});

test('G4 more changes than can be told one by one are a resync', async () => {
  const place = newId();
  await sql(
    `insert into task_outputs (organization_id, id, flow_execution_id, task_name, processing_status, edited_status, stale_status, content_hash, modified_by)
     select $1, gen_random_uuid(), $2, 'read', 'completed', 'not_edited', 'consistent', '', 'system' from generate_series(1, 5001)`,
    [here.a.id, executionId],
  );
  const reader = await open(there.url, place);
  await reader.next(({ type }) => type === 'resync');
  await reader.close();
});

test('G4 what other processes did while their channel was down is told when it is heard again', async () => {
  const reader = await open(there.url);
  await sql(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'flow listener' and datname = current_database()",
  );
  const id = await post();
  await reader.next((message) => message.data?.id === id);
  await reader.close();
});

describe('G4 what counts as a change', () => {
  const list = (since: Date, only?: string) => {
    const principal = {
      kind: 'user',
      id: user.id,
      organizationId: here.a.id,
      role: 'app_user',
      modifiedBy: user.id,
      mayWrite: true,
    } as const;
    const scope = { organizationId: here.a.id, principalId: user.id, role: 'app_user' };
    const watcher = { principal, flowId: flow.flowId, flowExecutionId: only, wantsSummaries: false };
    return there.database.tenant.transaction(scope, (tx) => listChangesSince(tx, watcher, since, 100), { readOnly: true });
  };
  const task = (row: Parameters<typeof seedTask>[3], execution = executionId) => seedTask(here.engineDb, flow, execution, row);
  const long = { readyAt: ago(900), startedAt: ago(900), completedAt: ago(900) };

  test('of a run that was quiet nothing; of one under way what moved, what runs, what waits for a time', async () => {
    await sql("update flow_executions set updated_at = now() - interval '15 minutes' where id = $1", [executionId]);
    const quiet = await seedExecution(here.engineDb, flow, { status: 'completed', updatedAt: ago(900) });
    await task({ task: 1, ...long }, quiet);
    await task({ task: 0, ...long });
    const told = [
      await task({ task: 1, item: 0, ...long, completedAt: ago(20) }),
      await task({ task: 1, item: 1, ...long, status: 'running', completedAt: null }),
      await task({ task: 1, item: 2, ...long, status: 'scheduled', readyAt: ago(-600), completedAt: null }),
    ];
    await task({ task: 1, item: 3, ...long, status: 'pending', readyAt: new Date(), completedAt: null });
    const changes = await list(ago(60));
    expect(changes.map(({ event }) => event.id).sort()).toEqual(told.sort());
    expect(await list(ago(60), quiet)).toEqual([]);
  });

  test('of a run that was edited also what went stale by it; tags and reports by their own times', async () => {
    const stale = await task({ task: 1, ...long, staleStatus: 'stale' });
    await task({ task: 0, ...long });
    const [tag, gone, report] = [newId(), newId(), newId()];
    const tagRow =
      'insert into task_tags (organization_id, id, flow_execution_id, task_name, tag, tag_type, metadata_key, modified_by, status, updated_at)';
    await sql(`${tagRow} values ($1, $2, $3, 'read', 'urgent', 'label', '', 'system', 'active', now())`, [here.a.id, tag, executionId]);
    await sql(`${tagRow} values ($1, $2, $3, 'read', 'old', 'label', '', 'system', 'deleted', now() - interval '1 hour')`, [
      here.a.id,
      gone,
      executionId,
    ]);
    await sql(
      "insert into task_status_reports (organization_id, id, flow_execution_id, task_name, modified_by) values ($1, $2, $3, 'read', 'system')",
      [here.a.id, report, executionId],
    );
    const changes = await list(ago(60));
    expect(new Map(changes.map(({ event }) => [event.id, event.type]))).toEqual(
      new Map([
        [executionId, 'flow_execution.created'],
        [stale, 'task_execution.updated'],
        [tag, 'task_tags.updated'],
        [report, 'task_status.updated'],
      ]),
    );
  });

  test('they come in the order of their times', async () => {
    for (const seconds of [30, 10, 50]) await task({ task: 1, item: seconds, ...long, completedAt: ago(seconds) });
    await wait(2);
    const times = (await list(ago(60))).map(({ at }) => at.getTime());
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.length).toBe(4);
  });
});
