-- acknowledge-execution: $1 organization, $2 execution, $3 who; in a transaction after lock-execution. Holds after it: an ended execution counts as it stands,
-- neither edited nor stale, and none of its tasks is stale. What people edited stays marked as such.
with e as (
  update flow_executions set data_status = 'consistent', modified_by = $3::text, updated_at = now()
   where organization_id = $1::uuid and id = $2::uuid and status in ('completed', 'failed') and data_status <> 'consistent' returning id
)
update task_executions t set stale_status = 'consistent', stale_reason = null
  from e
 where t.organization_id = $1::uuid and t.execution_id = e.id and t.stale_status = 'stale'
returning t.id
