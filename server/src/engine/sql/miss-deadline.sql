-- miss-deadline: $1 organization, $2 execution, $3 id of the event; in a transaction after lock-execution. Holds after it: an execution that was not at its end has
-- failed, what was open of it is cancelled under a raised attempt (whatever a worker brings is fenced), and its slot is free.
with e as (
  update flow_executions
     set status = 'failed', open = 0, awaiting = 0, urgent_at = null, rank = case when rank < -10000 then rank + 20000 else rank end, modified_by = 'system',
         updated_at = now(), completed_at = clock_timestamp()
   where organization_id = $1::uuid and id = $2::uuid and status in ('queued', 'running', 'waiting')
  returning id, generation, slot
),
noted as (
  insert into execution_events (organization_id, id, execution_id, generation, kind, detail)
  select $1::uuid, $3::uuid, id, generation, 'ended', '{"status": "failed", "code": "deadline_exceeded"}' from e
),
freed as (
  update execution_slots s set free = true from e where s.organization_id = $1::uuid and s.slot = e.slot
)
update task_executions t set status = 'cancelled', attempt = t.attempt + 1, pause = null, completed_at = clock_timestamp()
  from e
 where t.organization_id = $1::uuid and t.execution_id = e.id and t.status in ('pending', 'ready', 'running', 'awaiting_input', 'scheduled')
returning t.id
