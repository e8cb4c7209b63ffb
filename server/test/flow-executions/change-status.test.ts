import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#base';
import { checkHistory } from '#engine';
import { catalogue } from '#executors';
import { checkDefinition, type Plan } from '#language';
import { createFlow, reach, startRun, uploadText } from '../support/run-flow.ts';
import { seedExecution, seedFlow, seedTask } from '../support/seed-run.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';
import { startWaitingRun, WAITING_TASKS } from '../support/waiting-run.ts';

let platform: TestPlatform;
let admin: TestClient;
let flow: { flowId: string; fileKey: string };

beforeAll(async () => {
  platform = await startTestPlatform({ loops: 1 });
  admin = await platform.as('org_admin');
  const flowId = await createFlow(admin, WAITING_TASKS);
  flow = { flowId, fileKey: (await uploadText(admin, flowId)).file_key };
});
afterAll(() => platform.close());

const patch = (id: string, status: string, client = admin) => client.patch(`/api/flow-executions/${id}/status?status=${status}`);
const statusOf = async (id: string) => (await admin.get(`/api/flow-executions/${id}`)).body.status;

/** A run whose timer is set. */
async function runningRun(): Promise<string> {
  const { id } = await startRun(admin, flow.flowId, { file_key: flow.fileKey });
  const ask = async () =>
    (await admin.get(`/api/task-executions?flow_execution_id=${id}&task_name=ask`)).body.task_executions[0]?.scheduled_for;
  await expect.poll(ask, { timeout: 20_000 }).toEqual(expect.any(String));
  return id;
}

async function seeded(row: Parameters<typeof seedExecution>[2], task?: Parameters<typeof seedTask>[3]): Promise<string> {
  const seededFlow = await seedFlow(platform.engineDb, platform.a.id);
  const ended = { open: 0, completedAt: new Date(), startedAt: new Date() };
  const id = await seedExecution(platform.engineDb, seededFlow, { ...ended, ...row });
  await seedTask(platform.engineDb, seededFlow, id, { ...task });
  return id;
}

async function planOf(organizationId: string, versionId: string): Promise<Plan> {
  const versions = platform.engineDb.kysely.selectFrom('flowVersions').select('definition');
  const row = await versions.where('organizationId', '=', organizationId).where('id', '=', versionId).executeTakeFirstOrThrow();
  const { plan } = checkDefinition(row.definition, catalogue);
  if (!plan) throw new Error('the flow of this test has faults');
  return plan;
}

describe('a run that goes on', () => {
  test.each(['completed', 'failed'])('ends as %s by decree: what is open of it is cancelled, what completed stays', async (status) => {
    const id = await runningRun();
    expect(await patch(id, status)).toMatchObject({
      status: 200,
      body: { id, status, modified_by: admin.id, completed_at: expect.any(String) },
    });
    const { body } = await admin.get(`/api/task-executions?flow_execution_id=${id}`);
    const states = Object.fromEntries(
      body.task_executions.map((task: { task_name: string; processing_status: string }) => [task.task_name, task.processing_status]),
    );
    expect(states).toEqual({ receive: 'completed', ask: 'cancelled' });
  });

  test('has its slot given back, and its history still adds up', async () => {
    await patch(await runningRun(), 'completed');
    await runningRun();
    const report = await checkHistory(platform.engineDb, { plans: planOf });
    expect(report.executionsReplayed).toBe(1); // what was decreed has ended otherwise than its plan says
    expect(report.violations).toEqual([]);
  });

  test('is cancelled and deleted as by their own operations', async () => {
    const [one, two] = [await runningRun(), await runningRun()];
    expect((await patch(one, 'cancelled')).status).toBe(200);
    await reach(admin, one, 'cancelled');
    expect((await patch(two, 'deleted')).body.status).toBe('deleted');
    expect((await admin.get(`/api/flow-executions/${two}`)).status).toBe(404);
    expect((await patch(two, 'deleted')).status).toBe(404);
  });

  test('says the same again without a change; the word may stand in the body', async () => {
    const id = await runningRun();
    const before = (await admin.get(`/api/flow-executions/${id}`)).body;
    expect((await patch(id, 'running')).body).toMatchObject({ status: 'running', updated_at: before.updated_at });
    expect((await admin.patch(`/api/flow-executions/${id}/status`, { status: 'failed' })).body.status).toBe('failed');
  });

  test('waits for what it waits for', async () => {
    const id = await startWaitingRun(platform, admin, flow);
    for (const status of ['running', 'completed', 'failed', 'queued']) {
      const answer = await patch(id, status);
      expect([answer.status, answer.body.error.details]).toEqual([409, { status: 'awaiting_input' }]);
    }
    expect((await patch(id, 'cancel_requested')).status).toBe(200);
    await reach(admin, id, 'cancelled');
  });
});

describe('G9: a queued run', () => {
  test('jumps the queue, within the limit; cancelled, it is so at once', async () => {
    const { kysely } = platform.engineDb;
    const limit = async (max: number | null) => {
      await kysely.updateTable('organizations').set({ maxConcurrent: max }).where('id', '=', platform.a.id).execute();
      await platform.engine.fitSlots(platform.a.id);
    };
    const busy = (
      await kysely
        .selectFrom('flowExecutions')
        .select('id')
        .where('organizationId', '=', platform.a.id)
        .where('status', '=', 'running')
        .execute()
    ).map(({ id }) => id);
    for (const id of busy) await patch(id, 'failed');
    await limit(1);
    const first = await runningRun();
    const queue = [];
    for (let i = 0; i < 3; i++) queue.push((await startRun(admin, flow.flowId, { file_key: flow.fileKey })).id);
    const [second, third, last] = queue as [string, string, string];
    expect((await patch(last, 'running')).body.status).toBe('queued');
    expect((await patch(third, 'cancelled')).body.status).toBe('cancelled');
    await patch(first, 'completed');
    await reach(admin, last, 'running');
    expect(await statusOf(second)).toBe('queued');
    await limit(null);
    await reach(admin, second, 'running');
    expect((await checkHistory(platform.engineDb)).violations).toEqual([]);
  });
});

describe('a run that has ended', () => {
  test.each(['stale', 'edited'] as const)('and is %s is acknowledged: it counts as it stands', async (dataStatus) => {
    const id = await seeded({ status: 'completed', dataStatus }, { staleStatus: 'stale', editedStatus: 'edited_not_reexecuted' });
    expect((await patch(id, 'completed')).body.status).toBe('completed');
    const { body } = await admin.get(`/api/task-executions?flow_execution_id=${id}`);
    expect(body.task_executions[0]).toMatchObject({ stale_status: 'consistent', edited_status: 'edited_not_reexecuted' });
  });

  test.each([
    ['completed', 'consistent', ['queued', 'running', 'failed', 'stale', 'edited', 'awaiting_input', 'cancel_requested', 'cancelled']],
    ['failed', 'consistent', ['completed', 'running', 'cancelled']],
    ['failed', 'stale', ['completed', 'running']],
    ['cancelled', 'consistent', ['completed', 'running', 'queued']],
  ] as const)('%s and %s goes nowhere else', async (status, dataStatus, words) => {
    const id = await seeded({ status, dataStatus });
    const present = await statusOf(id);
    for (const word of words) {
      const answer = await patch(id, word);
      const isNoOp = status === 'cancelled' && word === 'cancelled';
      expect([word, answer.status, answer.body.error?.details]).toEqual(isNoOp ? [word, 200, undefined] : [word, 409, { status: present }]);
    }
    expect(await statusOf(id)).toBe(present);
  });
});

test.each([
  ['org_admin', 200],
  ['backoffice', 200],
  ['service_account', 200],
  ['app_user', 403],
  ['publisher', 403],
  ['worker', 403],
] as const)('%s may: %s', async (caller, expected) => {
  const id = await seeded({ status: 'completed', dataStatus: 'stale' });
  expect((await patch(id, 'completed', await platform.as(caller))).status).toBe(expected);
});

test.each([
  ['no status', undefined, undefined, 'missing'],
  ['an unknown word', 'started', undefined, 'enum'],
  ['an unknown word in the body', undefined, { status: 'started' }, 'enum'],
])('%s is 422', async (_, query, body, type) => {
  const answer = await admin.patch(`/api/flow-executions/${newId()}/status${query ? `?status=${query}` : ''}`, body);
  expect([answer.status, answer.body.detail[0].type]).toEqual([422, type]);
});
