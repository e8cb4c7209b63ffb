-- lock-rows: $1 organization, $2 execution, $3 tasks that are gates; in a transaction after lock-execution. All rows of the execution as an edit needs them,
-- held against claims (which skip them) until the transaction ends: one that is ready is claimed before, and so has begun, or after, and reads what the
-- edit wrote. Changes nothing. Index: task_executions_place.
select id, task, item::float8 as item, status, stale_status, attempt, started_at is not null as has_started, routes, case when status = 'completed' and task = any($3::smallint[]) then output::text end as items
  from task_executions where organization_id = $1::uuid and execution_id = $2::uuid
   for no key update
