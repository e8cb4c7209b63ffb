-- queue: $1 organization, $2 execution, $3 task execution, $4 its attempt, $5 what the event brought or null (its time was up), $6 id of the event, $7 who;
-- in a transaction after lock-execution. Holds after it: an execution that only waited is queued, before all new ones of its organization (its rank is
-- 20000 lower until it is promoted), and the task lies there pending, waiting for nothing, with what settles it; its attempt is over.
with e as (
  update flow_executions set status = 'queued', rank = rank - 20000, awaiting = awaiting - 1, updated_at = now()
   where organization_id = $1::uuid and id = $2::uuid and status = 'waiting'
     and exists (select from task_executions where organization_id = $1::uuid and id = $3::uuid and attempt = $4::int and status = 'awaiting_input')
  returning id, generation
),
noted as (
  insert into execution_events (organization_id, id, execution_id, task_execution_id, generation, kind, detail, actor, at)
  select $1::uuid, $6::uuid, id, $3::uuid, generation, 'promoted', '{"resumed": true, "deferred": true}', $7::text, clock_timestamp() from e
)
update task_executions t set status = 'pending', attempt = t.attempt + 1, decision = coalesce($5::json, t.decision), wait_until = null, topic = null, lease_hash = null, lease_until = null
  from e where t.organization_id = $1::uuid and t.id = $3::uuid
returning t.id
