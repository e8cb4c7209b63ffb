-- find-running: $1 organization or null, $2 flow or null, $3 executors or null (any), $4 begun before, $5 how many. Runs with a task that a worker holds. Changes
-- nothing. Indexes: task_executions_running, primary keys.
select e.organization_id, e.id, count(*)::int as tasks
  from task_executions t join flow_executions e on e.organization_id = t.organization_id and e.id = t.execution_id
  join flow_version_tasks v on v.organization_id = e.organization_id and v.flow_version_id = e.flow_version_id and v.task = t.task
 where t.status = 'running' and t.started_at < $4::timestamptz and ($1::uuid is null or t.organization_id = $1::uuid)
   and ($2::uuid is null or e.flow_id = $2::uuid) and ($3::text[] is null or v.executor = any ($3::text[]))
 group by 1, 2 order by 1, 2 limit $5::int
