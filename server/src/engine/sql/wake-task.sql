-- wake-task: $1 organization, $2 task execution, $3 its attempt; in a transaction after lock-execution, of an execution that is under way. Holds after it: the
-- task is ready, to be asked again by its executor, and is no longer counted as waiting.
with woken as (
  update task_executions t set status = 'ready', ready_at = now(), wait_until = null
   where t.organization_id = $1::uuid and t.id = $2::uuid and t.attempt = $3::int and t.status = 'awaiting_input'
  returning t.organization_id, t.execution_id, t.id
),
counted as (
  update flow_executions e set awaiting = e.awaiting - 1, updated_at = now() from woken w
   where e.organization_id = w.organization_id and e.id = w.execution_id
)
select id from woken
