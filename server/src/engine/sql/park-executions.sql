-- park: $1 organizations, $2 executions, $3 their slots; in a transaction after lock-idle. Holds after it: those in which nothing is ready, runs or has a time to
-- come, so that events or pauses are all that they wait for, are waiting and hold no slot: it belongs to the next queued execution, whose first tasks are ready, or is free. The lock before makes it exact: this
-- statement sees every settle that came before, and none comes between. Indexes: task_executions_place, flow_executions_queued.
with parked as (
  update flow_executions e set status = 'waiting', slot = null, updated_at = now()
    from unnest($1::uuid[], $2::uuid[], $3::int[]) as i(organization_id, id, slot)
   where e.organization_id = i.organization_id and e.id = i.id and e.status = 'running'
     and (e.awaiting > 0 or exists (select from task_executions t where t.organization_id = e.organization_id and t.execution_id = e.id
                                       and t.status = 'scheduled' and t.pause is not null))
     and not exists (select from task_executions t where t.organization_id = e.organization_id and t.execution_id = e.id
                        and (t.status in ('ready', 'running') or t.status = 'scheduled' and t.pause is null or t.status = 'awaiting_input' and t.wait_until <= now()))
  returning e.organization_id, e.id, e.flow_id, i.slot
),
released as (                                               -- numbered per organization; one above the limit is not handed on
  select p.organization_id, p.slot, row_number() over (partition by p.organization_id order by p.slot) as k
    from parked p join organizations o on o.id = p.organization_id
   where p.slot <= o.max_concurrent
),
queued as materialized (
  select q.organization_id, q.id, row_number() over (partition by q.organization_id order by q.rank, q.id) as k
    from (select organization_id, count(*) as n from released group by 1) r cross join lateral
         (select organization_id, id, rank from flow_executions q where q.organization_id = r.organization_id and q.status = 'queued'
           order by q.rank, q.id limit r.n for no key update skip locked) q
),
promoted as (
  update flow_executions e set status = 'running', slot = r.slot, rank = case when e.rank < -10000 then e.rank + 20000 else e.rank end,
                               started_at = coalesce(e.started_at, clock_timestamp()), updated_at = now()
    from queued q join released r using (organization_id, k) where e.organization_id = q.organization_id and e.id = q.id
  returning e.organization_id, e.id, e.flow_id, e.slot
),
begun as (
  update task_executions t set status = 'ready', ready_at = now() from promoted p
   where t.organization_id = p.organization_id and t.execution_id = p.id and t.status = 'pending' and t.waiting = 0
),
freed as (
  update execution_slots s set free = true from parked p
   where s.organization_id = p.organization_id and s.slot = p.slot
     and not coalesce((p.organization_id, p.slot) in (select organization_id, slot from promoted), false)
)
select 'parked' as kind, organization_id, id, flow_id from parked
union all
select 'promoted', organization_id, id, flow_id from promoted
