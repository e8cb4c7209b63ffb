-- mark-stale: $1 organization, $2 task executions, $3 the reason ({task_name, task_execution_idx, kind, at}); in a transaction after lock-rows. Holds after
-- it: those rows are stale, each with why; one that was stale before keeps the reason that it had, which is the older.
update task_executions set stale_status = 'stale', stale_reason = coalesce(stale_reason, $3::json)
 where organization_id = $1::uuid and id = any($2::uuid[])
returning id
