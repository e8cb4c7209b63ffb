import { sql } from 'kysely';
import type { Id } from '#base';
import type { ChangeEvent } from '#events';
import type { TenantTransaction } from '../flow-app.ts';
import { firstIdOf } from '../wire/id-ranges.ts';
import type { Watcher } from './read-changes.ts';

/** An object that changed, and when it last did. */
export interface PastChange {
  event: ChangeEvent;
  at: Date;
}

interface ChangedRow {
  kind: 'execution' | 'task' | 'output' | 'tags' | 'report';
  id: Id;
  executionId: Id;
  at: Date;
  isDeleted: boolean;
}

/**
 * Objects of the watched flow that changed since a moment, each once, in the order of their last change; more than `max` come back as max + 1.
 * Of tasks no time of change is kept that an index could serve, so they are found by their runs: those that changed themselves, and those that
 * are under way. More than the truth may come back (a running task is always told), never less. What is here the caller may not see, yet.
 * Indexes: flow_executions_updated, flow_executions_moving, flow_executions_deleted, task_executions_place, task_outputs_changed,
 * task_tags_updated, reported_task_executions_updated, and the key of task_status_reports.
 */
export async function listChangesSince(tx: TenantTransaction, watcher: Watcher, since: Date, max: number): Promise<PastChange[]> {
  const { organizationId } = watcher.principal;
  const { flowId, flowExecutionId: only } = watcher;
  const ofFlow = sql`e.organization_id = ${organizationId} and e.flow_id = ${flowId} and ${only === undefined ? sql`true` : sql`e.id = ${only}`}`;
  const ofRun = sql`flow_executions e on e.organization_id = x.organization_id and e.id = x.flow_execution_id and ${ofFlow}`;
  const { rows } = await sql<ChangedRow>`
    with changed as materialized (
      select e.id, e.updated_at as at, false as is_deleted from flow_executions e
       where ${ofFlow} and e.deleted_at is null and e.updated_at >= ${since} limit ${max + 1}
    ), deleted as materialized (
      select e.id, e.deleted_at as at, true as is_deleted from flow_executions e
       where ${ofFlow} and e.deleted_at is not null and e.deleted_at >= ${since} limit ${max + 1}
    ), moving as materialized (
      select c.id, c.at as edited_at from changed c
      union all
      select e.id, null from flow_executions e
       where ${ofFlow} and e.status in ('running', 'cancel_requested') and e.id not in (select id from changed)
    )
    (select 'execution' as kind, id, id as execution_id, at, is_deleted from changed)
    union all
    (select 'execution', id, id, at, is_deleted from deleted)
    union all
    (select 'task', t.id, t.execution_id,
            least(now(), case when t.stale_status = 'stale' then greatest(m.edited_at, t.ready_at, t.started_at, t.completed_at)
                              else greatest(t.ready_at, t.started_at, t.completed_at) end), false
       from moving m cross join lateral (
         select t.* from task_executions t where t.organization_id = ${organizationId} and t.execution_id = m.id and t.status <> 'pending') t
      where t.status = 'running' or greatest(t.ready_at, t.started_at, t.completed_at) >= ${since} or (t.stale_status = 'stale' and m.edited_at is not null)
      limit ${max + 1})
    union all
    (select 'task', x.id, x.flow_execution_id, x.updated_at, false from reported_task_executions x join ${ofRun}
      where x.organization_id = ${organizationId} and x.updated_at >= ${since} limit ${max + 1})
    union all
    (select 'output', x.id, x.flow_execution_id, greatest(x.changed_at, x.updated_at), false from task_outputs x join ${ofRun}
      where x.organization_id = ${organizationId} and greatest(x.changed_at, x.updated_at) >= ${since} limit ${max + 1})
    union all
    (select 'tags', x.id, x.flow_execution_id, x.updated_at, false from task_tags x join ${ofRun}
      where x.organization_id = ${organizationId} and x.updated_at >= ${since} limit ${max + 1})
    union all
    (select 'report', x.id, x.flow_execution_id, x.created_at, false from task_status_reports x join ${ofRun}
      where x.organization_id = ${organizationId} and x.id >= ${firstIdOf(since)} limit ${max + 1})
    order by at, kind, id limit ${max + 1}`.execute(tx);
  return rows.map((row) => {
    const about = { organizationId, flowId, flowExecutionId: row.executionId, id: row.id };
    return { event: { ...about, type: typeOf(row, since) }, at: row.at };
  });
}

/** An object that was made in the time is told as made, whatever has become of it: its message has its present state. */
function typeOf({ kind, id, isDeleted }: ChangedRow, since: Date): ChangeEvent['type'] {
  const isNew = id >= firstIdOf(since);
  switch (kind) {
    case 'execution':
      if (isDeleted) return 'flow_execution.deleted';
      return isNew ? 'flow_execution.created' : 'flow_execution.updated';
    case 'task':
      return 'task_execution.updated';
    case 'output':
      return isNew ? 'task_output.created' : 'task_output.updated';
    case 'tags':
      return 'task_tags.updated';
    case 'report':
      return 'task_status.updated';
  }
}
