// Rows of flow_reexecutions and the runs that they are about, through the engine's door: this is the platform's own work, nobody's request.
import type { Id } from '#base';
import type { EngineDatabase } from '#db';
import type { LatestVersion } from '../flow-executions/flow-execution.queries.ts';

export interface Reexecution {
  organizationId: Id;
  flowId: Id;
  version: number;
  runsLeft: number;
  beforeId: Id | null;
}

export interface FinishedRun {
  id: Id;
  flowVersionId: Id;
  input: unknown;
  triggeredTask: string | null;
}

/** The oldest work that no process is at, for this one, for a while. */
export async function claimReexecution(db: EngineDatabase, seconds: number): Promise<Reexecution | undefined> {
  const rows = await db.query<Reexecution>(
    'api/claim-reexecution',
    `update flow_reexecutions r set claimed_until = now() + $1::int * interval '1 s'
       from (select organization_id, flow_id from flow_reexecutions where claimed_until is null or claimed_until < now()
              order by created_at limit 1 for update skip locked) d
      where r.organization_id = d.organization_id and r.flow_id = d.flow_id
     returning r.organization_id as "organizationId", r.flow_id as "flowId", r.version, r.runs_left as "runsLeft", r.before_id as "beforeId"`,
    [seconds],
  );
  return rows[0];
}

/** The version that the work is about, where it is the flow's latest still and the flow still wants it; else there is nothing to do. */
export async function findVersion(db: EngineDatabase, work: Reexecution): Promise<LatestVersion | undefined> {
  const rows = await db.query<LatestVersion>(
    'api/find-reexecuted-version',
    `select f.id as "flowId", f.status as "flowStatus", v.id as "flowVersionId", v.version
       from flows f join flow_versions v on v.organization_id = f.organization_id and v.flow_id = f.id and v.version = f.latest_version
      where f.organization_id = $1 and f.id = $2 and f.latest_version = $3 and f.deleted_at is null and f.settings ->> 'reexecute_on_update' = 'true'`,
    [work.organizationId, work.flowId, work.version],
  );
  return rows[0];
}

/** The next finished runs of an older version, newest first. Index: flow_executions_flow. */
export function listFinishedRuns(db: EngineDatabase, work: Reexecution, limit: number): Promise<FinishedRun[]> {
  return db.query<FinishedRun>(
    'api/list-finished-runs',
    `select e.id, e.flow_version_id as "flowVersionId", e.input, t.name as "triggeredTask"
       from flow_executions e
       left join flow_version_tasks t on t.organization_id = e.organization_id and t.flow_version_id = e.flow_version_id and t.task = e.first_task
      where e.organization_id = $1 and e.flow_id = $2 and e.deleted_at is null and e.status in ('completed', 'failed') and e.flow_version < $3
        and ($4::uuid is null or e.id < $4::uuid)
      order by e.id desc limit $5`,
    [work.organizationId, work.flowId, work.version, work.beforeId, limit],
  );
}

/** Remembers how far the work has come, or that it is done; a version that was made meanwhile has started it over. */
export async function finishBatch(
  db: EngineDatabase,
  work: Reexecution,
  batch: { last: Id | undefined; looked: number; isOver: boolean },
): Promise<void> {
  const place = [work.organizationId, work.flowId, work.version];
  if (batch.isOver || batch.looked >= work.runsLeft) {
    await db.query(
      'api/end-reexecution',
      'delete from flow_reexecutions where organization_id = $1 and flow_id = $2 and version = $3',
      place,
    );
    return;
  }
  await db.query(
    'api/advance-reexecution',
    `update flow_reexecutions set before_id = $4, runs_left = runs_left - $5, claimed_until = null
      where organization_id = $1 and flow_id = $2 and version = $3`,
    [...place, batch.last, batch.looked],
  );
}
