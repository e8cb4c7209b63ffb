-- pause: $1 organizations, $2 executions, $3 task executions, $4 attempts, $5 their pauses, $6 worker. Holds after it: those that this worker still held under
-- their attempt lie still under their pause, as if they had never been claimed: the attempt is taken back, and nobody else can have seen it. Of an
-- execution that is being cancelled they are ready: the lock waits for a cancel in flight, and one that comes later finds them. Executions are locked
-- before their tasks, as everywhere. Index: primary keys.
with e as materialized (
  select e.organization_id, e.id, e.status, e.flow_id
    from (select distinct organization_id, id from unnest($1::uuid[], $2::uuid[]) as s(organization_id, id)) s
    join flow_executions e on e.organization_id = s.organization_id and e.id = s.id
   order by e.organization_id, e.id for key share of e
)
update task_executions t
   set status = case when e.status = 'running' then 'scheduled' else 'ready' end, pause = case when e.status = 'running' then s.pause end,
       ready_at = case when e.status = 'running' then t.ready_at + interval '365250 days' else t.ready_at end,
       attempt = t.attempt - 1, worker = null, started_at = case when t.attempt > 1 then t.started_at end
  from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[], $5::text[]) as s(organization_id, execution_id, id, attempt, pause), e
 where t.organization_id = s.organization_id and t.id = s.id and t.attempt = s.attempt and t.status = 'running' and t.worker = $6::int
   and e.organization_id = s.organization_id and e.id = s.execution_id
returning t.organization_id, t.execution_id, t.id, e.flow_id
