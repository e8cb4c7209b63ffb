-- reopen-execution: $1 organization, $2 execution, $3 version's id, $4 version's number, $5 first task, $6 open ends at the start, $7 open ends now, $8 failures
-- that stay, $9 who, $10 id of the event, $11 its detail, $12 rank; in a transaction after lock-execution. Holds after it: the next generation is open, so whatever
-- workers hold of an earlier one is fenced, and
-- no deadline is left of it. A running execution keeps its slot; another takes a free one, or needs none, or is queued.
with o as (
  select id, max_concurrent from organizations where id = $1::uuid
),
picked as materialized (
  select s.slot from o join flow_executions e on e.organization_id = o.id and e.id = $2::uuid
    join execution_slots s on s.organization_id = o.id and s.free and s.slot <= o.max_concurrent
   where e.status <> 'running' limit 1 for no key update of s skip locked
),
taken as (
  update execution_slots s set free = false from picked p where s.organization_id = $1::uuid and s.slot = p.slot returning s.slot
),
reopened as (
  update flow_executions e
     set generation = e.generation + 1, flow_version_id = $3::uuid, flow_version = $4::int, first_task = $5::smallint, need = $6::int, open = $7::int,
         failures = $8::int, awaiting = 0, rank = $12::smallint, data_status = 'consistent', modified_by = $9::text, updated_at = now(), completed_at = null,
         cancel_requested_at = null, deadline = null, urgent_at = null,
         status = case when e.status = 'running' or o.max_concurrent is null or t.slot is not null then 'running' else 'queued' end,
         slot = case when e.status = 'running' then e.slot else t.slot end,
         started_at = case when e.status = 'running' or o.max_concurrent is null or t.slot is not null then clock_timestamp() end
    from o left join taken t on true
   where e.organization_id = o.id and e.id = $2::uuid and e.status <> 'cancel_requested'
  returning e.id, e.status, e.generation
),
noted as (
  insert into execution_events (organization_id, id, execution_id, generation, kind, detail, actor)
  select $1::uuid, $10::uuid, id, generation, 're_executed', $11::json, $9::text from reopened
)
select status, generation from reopened
