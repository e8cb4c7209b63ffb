-- resume: $1 organization, $2 execution, $3 id of the event, $4 who; in a transaction after lock-execution. Holds after it: where a slot was free, or none is
-- needed, an execution that only waited is under way again, with a slot of its own; else nothing has changed, and nothing is returned.
with o as (
  select id, max_concurrent from organizations where id = $1::uuid
),
picked as materialized (
  select s.slot from o join execution_slots s on s.organization_id = o.id and s.free and s.slot <= o.max_concurrent
   where exists (select from flow_executions where organization_id = $1::uuid and id = $2::uuid and status = 'waiting')
   limit 1 for no key update of s skip locked
),
taken as (
  update execution_slots s set free = false from picked p where s.organization_id = $1::uuid and s.slot = p.slot returning s.slot
),
resumed as (
  update flow_executions e set status = 'running', slot = t.slot, updated_at = now()
    from o left join taken t on true
   where e.organization_id = o.id and e.id = $2::uuid and e.status = 'waiting' and (o.max_concurrent is null or t.slot is not null)
  returning e.id, e.generation
),
noted as (
  insert into execution_events (organization_id, id, execution_id, generation, kind, detail, actor, at)
  select $1::uuid, $3::uuid, id, generation, 'promoted', '{"resumed": true, "deferred": false}', $4::text, clock_timestamp() from resumed
)
select id from resumed
