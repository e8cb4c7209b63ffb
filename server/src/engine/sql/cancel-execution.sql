-- cancel: $1 organization, $2 execution, $3 who, $4 id of the event; in a transaction after lock-execution. Holds after it: the execution is flagged, or, if
-- it is queued or only waits, so that nothing of it runs and no slot is its own, cancelled with all its rows. Nothing of a flagged one sleeps: each open
-- task is ready, or running in a worker, or waits for one that is, and will be settled as cancelled by whoever holds it. Joins close as usual, so it ends
-- by the one road.
with e as (
  update flow_executions
     set status = case when status in ('queued', 'waiting') then 'cancelled' else 'cancel_requested' end, awaiting = 0, modified_by = $3::text, updated_at = now(),
         cancel_requested_at = clock_timestamp(), completed_at = case when status in ('queued', 'waiting') then clock_timestamp() end,
         open = case when status in ('queued', 'waiting') then 0 else open end
   where organization_id = $1::uuid and id = $2::uuid and status in ('queued', 'running', 'waiting') returning id, status, generation
),
noted as (
  insert into execution_events (organization_id, id, execution_id, generation, kind, actor)
  select $1::uuid, $4::uuid, id, generation, case status when 'cancelled' then 'cancelled' else 'cancel_requested' end, $3::text from e
)
update task_executions t
   set status = case when e.status = 'cancelled' then 'cancelled' else 'ready' end, attempt = t.attempt + 1, ready_at = now(), pause = null,
       completed_at = case when e.status = 'cancelled' then now() end
  from e
 where t.organization_id = $1::uuid and t.execution_id = e.id
   and (t.status in ('awaiting_input', 'scheduled') or e.status = 'cancelled' and t.status = 'pending')
returning t.id
