-- put-back: $1 organizations, $2 task executions, $3 attempts, $4 ms each, $5 worker. Holds after it: those that this worker still held under their attempt
-- wait that long, as if they had never been claimed: the attempt is taken back, and nobody else can have seen it.
update task_executions t
   set status = case when e.status = 'running' then 'scheduled' else 'ready' end, attempt = t.attempt - 1, worker = null,
       started_at = case when t.attempt > 1 then t.started_at end, ready_at = now() + s.delay_ms * interval '1 ms'
  from unnest($1::uuid[], $2::uuid[], $3::int[], $4::int[]) as s(organization_id, id, attempt, delay_ms), flow_executions e
 where t.organization_id = s.organization_id and t.id = s.id and t.attempt = s.attempt and t.status = 'running' and t.worker = $5::int
   and e.organization_id = t.organization_id and e.id = t.execution_id
