import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#base';
import { openEngine } from './engine-fixture.ts';

let fixture: Awaited<ReturnType<typeof openEngine>>;
beforeAll(async () => {
  fixture = await openEngine();
});
afterAll(() => fixture.close());

/** A run of a flow with these settings, in this state since so many seconds. */
async function planted(ttl: object, status: string, secondsAgo: number): Promise<string> {
  const organizationId = await fixture.organization();
  const [flowId, versionId, id] = [newId(), newId(), newId()];
  const { admin } = fixture;
  const settings = JSON.stringify({ ttl });
  await admin.query(
    `insert into flows (organization_id, id, display_name, created_by, modified_by, settings) values ($1, $2, 'A flow', 'test', 'test', $3)`,
    [organizationId, flowId, settings],
  );
  await admin.query(
    `insert into flow_versions (organization_id, id, flow_id, version, definition, modified_by) values ($1, $2, $3, 1, '{}', 'test')`,
    [organizationId, versionId, flowId],
  );
  const ended = ['completed', 'failed', 'cancelled'].includes(status);
  await admin.query(
    `insert into flow_executions (organization_id, id, flow_id, flow_version_id, flow_version, run_number, status, first_task, need, open, input, modified_by, completed_at)
     values ($1, $2, $3, $4, 1, 1, $5, 0, 1, $6, '{}', 'test', case when $7 then now() - make_interval(secs => $8) end)`,
    [organizationId, id, flowId, versionId, status, ended ? 0 : 1, ended, secondsAgo],
  );
  return id;
}

test('G3: ended runs are hidden when the time of their flow is over, counted from their end; nothing else is', async () => {
  const gone = [
    await planted({ seconds: 60 }, 'completed', 61),
    await planted({ seconds: 60 }, 'failed', 3_600),
    await planted({ seconds: 60, enabled: true }, 'cancelled', 61),
  ];
  const kept = [
    await planted({ seconds: 60 }, 'completed', 30),
    await planted({ seconds: 60, enabled: false }, 'completed', 3_600),
    await planted({ seconds: null }, 'completed', 3_600),
    await planted({}, 'completed', 3_600),
    await planted({ seconds: 60 }, 'running', 3_600),
  ];
  const heard: string[] = [];
  const { rows: organizations } = await fixture.admin.query<{ id: string }>('select id from organizations');
  for (const { id } of organizations)
    fixture.events.subscribe(id, undefined, ({ type, flowExecutionId }) => void heard.push(`${type} ${flowExecutionId}`));
  await fixture.otherTasks().tick();
  const { rows } = await fixture.admin.query<{ id: string }>('select id from flow_executions where deleted_at is not null');
  expect(rows.map(({ id }) => id).sort()).toEqual([...gone].sort());
  expect(heard.sort()).toEqual(gone.map((id) => `flow_execution.deleted ${id}`).sort());
  expect(kept.some((id) => gone.includes(id))).toBe(false);
});
