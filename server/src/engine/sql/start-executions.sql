-- start: $1 organization, $2 flow. Requests: $3 ids, $4 versions' ids, $5 versions' numbers, $6 inputs, $7 first tasks, $8 open ends, $9 ranks, $10 names of
-- the triggered input task or null, $11 what triggered, $12 who, $13 ids of the first task executions, $14 their ranks, $15 their lanes.
-- Metadata: $16 executions, $17 keys, $18 values. $19 the times that the ids begin with, which is when users see them made. $20 the task executions that
-- start them, of sub-flows. $21 worker or null, $22 does it claim the first task? $23 the traces that they belong to, or null.
-- Holds after it: each execution has the flow's next number and is running, with a slot of its own where the organization has a limit and its first
-- task ready, or running with that worker since the same moment; or it is queued, its first task pending and waiting for nothing. Never more running ones than slots. Where the flow is gone: no row.
-- Slots are taken with skip locked: concurrent calls do not wait for each other, those of one flow do (its number).
with numbered as (
  update flows set run_count = run_count + cardinality($3::uuid[]) where organization_id = $1::uuid and id = $2::uuid and deleted_at is null
  returning run_count - cardinality($3::uuid[]) as before
),
request as (
  select * from unnest($3::uuid[], $4::uuid[], $5::int[], $6::text[], $7::smallint[], $8::int[], $9::smallint[], $10::text[], $11::text[], $12::text[],
                       $13::uuid[], $14::smallint[], $15::text[], $19::timestamptz[], $20::uuid[], $22::bool[], $23::text[])
    with ordinality as r(id, version_id, version, input, first_task, open_ends, rank, triggered_task, triggered_by, actor, task_id, task_rank, lane, made_at,
                         parent_task_id, claim, traceparent, k)
),
picked as materialized (
  select s.slot from numbered n cross join organizations o join execution_slots s on s.organization_id = o.id and s.free and s.slot <= o.max_concurrent
   where o.id = $1::uuid limit cardinality($3::uuid[]) for no key update of s skip locked
),
taken as (
  update execution_slots s set free = false from (select slot, row_number() over () as k from picked) p
   where s.organization_id = $1::uuid and s.slot = p.slot
  returning p.slot, p.k
),
execution as (
  insert into flow_executions (organization_id, id, flow_id, flow_version_id, flow_version, run_number, status, rank, first_task, need, open, slot, input,
                               triggered_task_executor_name, triggered_by, modified_by, parent_task_id, traceparent, updated_at, started_at)
  select $1::uuid, r.id, $2::uuid, r.version_id, r.version, n.before + r.k, case when t.slot is not null or o.max_concurrent is null then 'running' else 'queued' end,
         r.rank, r.first_task, r.open_ends, r.open_ends, t.slot, r.input::json, r.triggered_task, r.triggered_by, r.actor, r.parent_task_id, r.traceparent, r.made_at,
         case when t.slot is not null or o.max_concurrent is null then clock_timestamp() end
    from numbered n cross join request r join organizations o on o.id = $1::uuid left join taken t using (k)
  returning id, status, run_number, created_at, started_at
),
first as (
  insert into task_executions (organization_id, id, execution_id, generation, task, status, rank, lane, alive, attempt, worker, started_at)
  select $1::uuid, r.task_id, e.id, 0, r.first_task, case when e.status <> 'running' then 'pending' when r.claim then 'running' else 'ready' end, r.task_rank,
         r.lane, 1, (r.claim and e.status = 'running')::int, case when r.claim and e.status = 'running' then $21::int end,
         case when r.claim and e.status = 'running' then e.started_at end
    from execution e join request r on r.id = e.id
),
described as (
  insert into execution_metadata (organization_id, flow_execution_id, flow_id, key, value)
  select $1::uuid, m.execution_id, $2::uuid, m.key, m.value
    from unnest($16::uuid[], $17::text[], $18::text[]) as m(execution_id, key, value) cross join numbered
)
select id, status, run_number, created_at, started_at from execution
