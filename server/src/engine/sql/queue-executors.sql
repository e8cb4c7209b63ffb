-- queue-executors: $1 organization or null (all), $2 up to how many ready tasks are looked at. Tasks by executor: ready ones, running ones, the oldest. Changes nothing.
-- Indexes: task_executions_ready, task_executions_running, primary keys.
with open as materialized (
  (select organization_id, execution_id, task, status, ready_at from task_executions where status = 'ready' and organization_id = $1::uuid limit $2::int)
  union all
  (select organization_id, execution_id, task, status, ready_at from task_executions where status = 'ready' and $1::uuid is null limit $2::int)
  union all
  select organization_id, execution_id, task, status, ready_at from task_executions where status = 'running' and ($1::uuid is null or organization_id = $1::uuid)
)
select v.executor as name, count(*) filter (where t.status = 'ready')::int as ready, min(t.ready_at) filter (where t.status = 'ready') as oldest_ready_at,
       count(*) filter (where t.status = 'running')::int as running
  from open t join flow_executions e on e.organization_id = t.organization_id and e.id = t.execution_id
  join flow_version_tasks v on v.organization_id = e.organization_id and v.flow_version_id = e.flow_version_id and v.task = t.task
 where v.kind = 'task' group by 1
