-- find-report: $1 organization, $2 task execution, $3 hash of a lease token or null. How the row that a report is about stands, and whether the token is that of
-- the worker that holds it; changes and locks nothing.
select t.status, t.started_at, e.status as execution_status,
       $3::bytea is null or coalesce(t.lease_hash = $3::bytea and t.lease_until > clock_timestamp() and t.status = 'awaiting_input', false) as holds
  from task_executions t join flow_executions e on e.organization_id = t.organization_id and e.id = t.execution_id
 where t.organization_id = $1::uuid and t.id = $2::uuid
