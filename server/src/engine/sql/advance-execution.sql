-- advance-execution: $1 organization, $2 execution, $3 lowest rank, $4 who, $5 id of the event; in a transaction after lock-execution. Holds after it: a queued
-- execution runs where a slot was free, its first task ready; else it is the next of its organization. Nobody exceeds the limit.
with picked as materialized (
  select s.slot from organizations o join execution_slots s on s.organization_id = o.id and s.free and s.slot <= o.max_concurrent
   where o.id = $1::uuid limit 1 for no key update of s skip locked
),
taken as (
  update execution_slots s set free = false from picked p where s.organization_id = $1::uuid and s.slot = p.slot returning s.slot
),
advanced as (
  update flow_executions e
     set status = case when t.slot is not null or o.max_concurrent is null then 'running' else 'queued' end, slot = t.slot,
         rank = greatest($3::smallint, (select min(q.rank) from flow_executions q where q.organization_id = $1::uuid and q.status = 'queued') - 1),
         started_at = case when t.slot is not null or o.max_concurrent is null then clock_timestamp() end, modified_by = $4::text, updated_at = now()
    from organizations o left join taken t on true
   where o.id = $1::uuid and e.organization_id = $1::uuid and e.id = $2::uuid and e.status = 'queued'
  returning e.id, e.status, e.generation
),
noted as (
  insert into execution_events (organization_id, id, execution_id, generation, kind, actor)
  select $1::uuid, $5::uuid, id, generation, 'promoted', $4::text from advanced
),
begun as (
  update task_executions t set status = 'ready', ready_at = now() from advanced a
   where a.status = 'running' and t.organization_id = $1::uuid and t.execution_id = a.id and t.status = 'pending' and t.waiting = 0
)
select status from advanced
