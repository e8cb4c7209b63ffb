-- promote: $1 how many organizations. Run each tick: it mends the one race that settle and start leave (a start saw no free slot while a settle saw no
-- queued execution), and what a raised or lifted limit leaves. Holds after it: free slots and queued executions seen by its snapshot are matched,
-- each at most once; an organization without a limit has none queued. Index: flow_executions_queued. A run that resumes stands before all new ones of its
-- organization: while it is queued its rank is 20000 lower (queue-execution); ranks that users give are within 10000 of 0.
with recursive org as (
  (select organization_id, 1 as n from flow_executions where status = 'queued' order by organization_id limit 1)
  union all
  select l.organization_id, o.n + 1 from org o cross join lateral
    (select organization_id from flow_executions r where r.status = 'queued' and r.organization_id > o.organization_id order by organization_id limit 1) l
   where o.n < $1::int
),
slot as materialized (
  select s.organization_id, s.slot, row_number() over (partition by s.organization_id) as k
    from org g join organizations o on o.id = g.organization_id cross join lateral
         (select organization_id, slot from execution_slots s where s.organization_id = g.organization_id and s.free and s.slot <= o.max_concurrent limit 100
             for no key update skip locked) s
  union all
  select g.organization_id, null, k from org g join organizations o on o.id = g.organization_id cross join generate_series(1, 100) k where o.max_concurrent is null
),
queued as materialized (
  select q.organization_id, q.id, row_number() over (partition by q.organization_id order by q.rank, q.id) as k
    from (select organization_id, count(*) as n from slot group by 1) r cross join lateral
         (select organization_id, id, rank from flow_executions q where q.organization_id = r.organization_id and q.status = 'queued'
           order by q.rank, q.id limit r.n for no key update skip locked) q
),
promoted as (
  update flow_executions e set status = 'running', slot = s.slot, rank = case when e.rank < -10000 then e.rank + 20000 else e.rank end,
                               started_at = coalesce(e.started_at, clock_timestamp()), updated_at = now()
    from queued q join slot s using (organization_id, k) where e.organization_id = q.organization_id and e.id = q.id
  returning e.organization_id, e.id, e.flow_id, e.slot
),
taken as (
  update execution_slots s set free = false from promoted p where s.organization_id = p.organization_id and s.slot = p.slot
),
begun as (
  update task_executions t set status = 'ready', ready_at = now() from promoted p
   where t.organization_id = p.organization_id and t.execution_id = p.id and t.status = 'pending' and t.waiting = 0
)
select organization_id, id, flow_id from promoted
