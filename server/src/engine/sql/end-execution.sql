-- end-execution: $1 organization, $2 execution, $3 status, $4 who, $5 id of the event; in a transaction after lock-execution. Holds after it: a running
-- execution has ended as was said, what was open of it is cancelled under a raised attempt (whatever a worker brings is fenced), and its slot is free.
with e as (
  update flow_executions
     set status = $3::text, open = 0, awaiting = 0, modified_by = $4::text, updated_at = now(), completed_at = clock_timestamp()
   where organization_id = $1::uuid and id = $2::uuid and status = 'running' returning id, generation, slot
),
noted as (
  insert into execution_events (organization_id, id, execution_id, generation, kind, detail, actor)
  select $1::uuid, $5::uuid, id, generation, 'ended', json_build_object('status', $3::text), $4::text from e
),
freed as (
  update execution_slots s set free = true from e where s.organization_id = $1::uuid and s.slot = e.slot
)
update task_executions t set status = 'cancelled', attempt = t.attempt + 1, pause = null, completed_at = clock_timestamp()
  from e
 where t.organization_id = $1::uuid and t.execution_id = e.id and t.status in ('pending', 'ready', 'running', 'awaiting_input', 'scheduled')
returning t.id
