-- unpause: $1 pause after which to look, $2 how many pauses, $3 how many tasks, $4 as many ids for events. Holds after it: tasks whose pause is over, the first
-- by turn of each, are ready, in executions under way; an execution that had given its slot away is queued before all new ones of its organization,
-- its tasks pending until it is promoted. What another has locked is left to the next call. Executions are locked before their tasks, as everywhere.
-- Answers the last pause that was looked at, and how many were. Index: task_executions_paused (a loose scan: one probe a pause).
with recursive known as (
  (select pause, 1 as n from task_executions where status = 'scheduled' and pause is not null and pause > $1::text order by pause limit 1)
  union all
  select l.pause, k.n + 1 from known k cross join lateral
    (select r.pause from task_executions r where r.status = 'scheduled' and r.pause is not null and r.pause > k.pause order by r.pause limit 1) l
   where k.n < $2::int
),
ended as materialized (
  select k.pause from known k
   where not exists (select from queue_controls q where q.organization_id = split_part(k.pause, '/', 1)::uuid and q.key = k.pause and q.paused_at is not null)
),
due as materialized (
  select p.organization_id, p.execution_id, p.id, p.pause, e.status, e.flow_id, e.generation
    from ended o cross join lateral
         (select t.organization_id, t.execution_id, t.id, t.pause from task_executions t where t.status = 'scheduled' and t.pause = o.pause
           order by t.ready_at limit $3::int) p
    join flow_executions e on e.organization_id = p.organization_id and e.id = p.execution_id
   limit $3::int for no key update of e skip locked
),
queued as (
  update flow_executions e set status = 'queued', rank = e.rank - 20000, updated_at = now()
    from (select distinct organization_id, execution_id from due where status = 'waiting') d
   where e.organization_id = d.organization_id and e.id = d.execution_id and e.status = 'waiting'
  returning e.organization_id, e.id, e.generation, e.flow_id
),
noted as (
  insert into execution_events (organization_id, id, execution_id, generation, kind, detail)
  select organization_id, ($4::uuid[])[row_number() over ()], id, generation, 'promoted', '{"resumed": true, "deferred": true}' from queued
),
woken as (
  update task_executions t
     set status = case when d.status in ('waiting', 'queued') then 'pending' else 'ready' end, pause = null, ready_at = t.ready_at - interval '365250 days'
    from due d where t.organization_id = d.organization_id and t.id = d.id and t.status = 'scheduled' and t.pause = d.pause
  returning t.organization_id, t.execution_id, t.id, d.flow_id
)
select 'task' as kind, organization_id, execution_id, id, flow_id, null as pause, null::int as n from woken union all
select 'execution', organization_id, null, id, flow_id, null, null from queued union all
(select 'looked', null, null, null, null, pause, n from known order by n desc limit 1)
