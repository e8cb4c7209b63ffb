-- settle: a batch of outcomes, and what follows from each by its plan (transitions.ts), in one statement.
-- Sources: $1 organizations, $2 executions, $3 ids, $4 their executions' generations, $5 their own (an edit opens a generation, and what it does not outdate
--   stays in its own), $6 attempts, $7 statuses that they must have (running, awaiting_input), $8 outcomes, $9 delays in ms (a retry), $10 outputs,
--   $11 inputs, $12 the rest as one object (output_key, summary, routes, error, checkpoint, due, until, topic, event_id, modified_by), $13 failed tries to
--   add, $14 never ran, $15 change of open ends, $16 of failures, $17 of waiting tasks.
-- Fused (rows that are born settled): $18 source, $19 id, $20 task, $21 item, $22 status, $23 output, $24 the rest, $25 item value, $26 rank, $27 name.
-- Arrivals: $28 source, $29 id, $30 task, $31 item, $32 need, $33 delta, $34 alive, $35 skipped, $36 failed, $37 item value, $38 rank, $39 lane,
--   $40 name, $41 claim it? $42 worker (null: claim nothing). A name stands where the generation is not the first: the row takes back its old id.
-- Holds after it: a source that was not held as stated under its attempt and generation, or whose execution is in another generation than stated, changed
-- nothing, nor did its effects; what it makes belongs to the execution's generation. In an execution that is being cancelled only 'cancelled' was
-- taken: nothing starts or completes after a cancel. Of any number of concurrent settles exactly one takes a join's `waiting` to 0 and makes it ready
-- or claimed: the row is its own counter, and `on conflict do update` waits for the other's commit and reads its result. An execution with no open
-- end is final, and its slot is free or belongs to the next queued one, whose first tasks are ready. Locks: executions by id (key share), own tasks, joins by key, executions by id (update), queued ones (skip locked).
-- Indexes: primary keys, task_executions_place, flow_executions_queued. No set is joined to a set: what belongs to a source is looked up in its
-- arrays by its number, and the fence is a hashed `in` (coalesce keeps it from becoming a join).
with execution as materialized (                            -- waits for a cancel or a re-execution in flight, and sees its result
  select e.organization_id, e.id, e.generation, e.status
    from (select distinct organization_id, id from unnest($1::uuid[], $2::uuid[]) as s(organization_id, id)) s
    join flow_executions e on e.organization_id = s.organization_id and e.id = s.id
   order by e.organization_id, e.id
     for key share of e
),
settled as (                                                -- the fence
  update task_executions t
     set status = s.outcome,
         attempt = t.attempt + (s.outcome = 'awaiting_input')::int,   -- what ends the waiting must know this attempt
         tries = t.tries + s.failed_tries,
         ready_at = case s.outcome when 'scheduled' then coalesce((s.rest ->> 'due')::timestamptz, now() + s.delay_ms * interval '1 ms')
                                   when 'ready' then now() else t.ready_at end,
         started_at = case when not s.never_ran then t.started_at end,
         completed_at = case when s.outcome in ('completed', 'failed', 'skipped', 'cancelled') then now() end,
         output = s.output::json,
         input = coalesce(s.input::json, t.input),
         output_key = s.rest ->> 'output_key',
         summary = s.rest -> 'summary',
         routes = s.rest -> 'routes',
         error = case when s.outcome = 'failed' then s.rest -> 'error' end,
         checkpoint = coalesce(s.rest -> 'checkpoint', t.checkpoint),
         wait_until = (s.rest ->> 'until')::timestamptz,
         topic = s.rest ->> 'topic',
         lease_hash = null, lease_until = null, decision = null,
         modified_by = coalesce(s.rest ->> 'modified_by', t.modified_by)
    from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[], $5::int[], $6::int[], $7::text[], $8::text[], $9::int[], $10::text[], $11::text[], $12::json[],
                $13::int[], $14::bool[], $15::int[], $16::int[], $17::int[])
           with ordinality as s(organization_id, execution_id, id, generation, own_generation, attempt, held, outcome, delay_ms, output, input, rest,
                                failed_tries, never_ran, end_delta, end_failed, awaiting_delta, source)
   where t.organization_id = s.organization_id and t.id = s.id and t.attempt = s.attempt and t.status = s.held and t.generation = s.own_generation
     and coalesce((s.organization_id, s.execution_id, s.generation, s.outcome = 'cancelled') in (
           select organization_id, id, generation, false from execution where status = 'running' union all
           select organization_id, id, generation, true from execution where status in ('running', 'cancel_requested')), false)
  returning s.source, t.organization_id, t.execution_id, s.end_delta, s.end_failed, s.awaiting_delta
),
noted as (                                                  -- failed attempts, which the row will forget
  insert into execution_events (organization_id, id, execution_id, task_execution_id, generation, attempt, kind, detail)
  select ($1::uuid[])[s.source], (($12::json[])[s.source] ->> 'event_id')::uuid, ($2::uuid[])[s.source], ($3::uuid[])[s.source],
         ($5::int[])[s.source], ($6::int[])[s.source], 'attempt_failed', ($12::json[])[s.source] -> 'error'
    from settled s where ($12::json[])[s.source] ->> 'event_id' is not null
),
fused as (                                                  -- rows that are born settled
  insert into task_executions (organization_id, id, execution_id, generation, task, item, status, rank, alive, attempt, ready_at, started_at, completed_at,
                               output, output_key, summary, routes, error, item_value)
  select ($1::uuid[])[f.source],
         case when f.name is null then f.id else coalesce(
           (select r.task_execution_id from task_execution_revisions r where r.organization_id = ($1::uuid[])[f.source]
              and r.execution_id = ($2::uuid[])[f.source] and r.task_name = f.name and r.item = f.item limit 1), f.id) end,
         ($2::uuid[])[f.source], ($4::int[])[f.source], f.task, f.item, f.status, f.rank,
         (f.status in ('completed', 'failed'))::int, (f.status in ('completed', 'failed'))::int, now(),
         case when f.status in ('completed', 'failed') then now() end, now(), f.output::json, f.rest ->> 'output_key', f.rest -> 'summary',
         f.rest -> 'routes', f.rest -> 'error', f.item_value::json
    from unnest($18::int[], $19::uuid[], $20::smallint[], $21::bigint[], $22::text[], $23::text[], $24::json[], $25::text[], $26::smallint[], $27::text[])
           as f(source, id, task, item, status, output, rest, item_value, rank, name)
   where coalesce(f.source in (select source from settled), false)
  returning organization_id, execution_id, id, generation, task
),
arrival as (                                                -- once a join and batch, however many items arrive
  select ($1::uuid[])[a.source] as organization_id, ($2::uuid[])[a.source] as execution_id, ($4::int[])[a.source] as generation, a.task, a.item,
         min(a.rank) as rank, min(a.lane) as lane, min(a.need) as need, min(a.need) + sum(a.delta)::int as waiting, sum(a.alive)::int as alive,
         sum(a.skipped)::int as skipped, sum(a.failed)::int as failed, max(a.item_value) as item_value, min(a.name) as name,
         bool_and(a.claim) and $42::int is not null as claim, (array_agg(a.id))[1] as id
    from unnest($28::int[], $29::uuid[], $30::smallint[], $31::bigint[], $32::int[], $33::int[], $34::int[], $35::int[], $36::int[], $37::text[],
                $38::smallint[], $39::text[], $40::text[], $41::bool[])
           as a(source, id, task, item, need, delta, alive, skipped, failed, item_value, rank, lane, name, claim)
   where coalesce(a.source in (select source from settled), false)
   group by 1, 2, 3, 4, 5
   order by 1, 2, 3, 4, 5
),
arrived as (
  insert into task_executions as t (organization_id, id, execution_id, generation, task, item, status, rank, lane, need, waiting, alive, skipped, failed,
                                    item_value, attempt, worker, started_at)
  select organization_id,
         case when name is null then id else coalesce(
           (select r.task_execution_id from task_execution_revisions r where r.organization_id = a.organization_id
              and r.execution_id = a.execution_id and r.task_name = a.name and r.item = a.item limit 1), id) end,
         execution_id, generation, task, item, case when waiting > 0 then 'pending' when claim then 'running' else 'ready' end, rank, lane, need, waiting,
         alive, skipped, failed, item_value::json, (waiting = 0 and claim)::int, case when waiting = 0 and claim then $42::int end,
         case when waiting = 0 and claim then now() end
    from arrival a
  on conflict (organization_id, execution_id, task, item) do update   -- by the clock: this may have waited for another's commit
     set waiting    = t.waiting + excluded.waiting - excluded.need,
         alive      = t.alive + excluded.alive,
         skipped    = t.skipped + excluded.skipped,
         failed     = t.failed + excluded.failed,
         item_value = coalesce(t.item_value, excluded.item_value),
         status     = case when t.waiting + excluded.waiting - excluded.need > 0 then 'pending' when $42::int is not null and t.lane = '' then 'running' else 'ready' end,
         attempt    = case when t.waiting + excluded.waiting - excluded.need = 0 and $42::int is not null and t.lane = '' then 1 else 0 end,
         worker     = case when t.waiting + excluded.waiting - excluded.need = 0 and t.lane = '' then $42::int end,
         ready_at   = clock_timestamp(),
         started_at = case when t.waiting + excluded.waiting - excluded.need = 0 and $42::int is not null and t.lane = '' then clock_timestamp() end
   where t.status = 'pending'                                         -- outdated ones are gone: the execution's generation is the stated one
  returning t.organization_id, t.execution_id, t.id, t.generation, t.task, t.item, t.attempt, t.alive, t.skipped, t.failed, t.status,
            t.lane, t.started_at, t.item_value
),
sinks as (
  select organization_id, execution_id, sum(end_delta)::int as delta, sum(end_failed)::int as failed, sum(awaiting_delta)::int as awaiting
    from settled where end_delta <> 0 or end_failed <> 0 or awaiting_delta <> 0 group by 1, 2 order by 1, 2
),
counted as (
  update flow_executions e
     set open = e.open + d.delta, failures = e.failures + d.failed, awaiting = e.awaiting + d.awaiting, updated_at = now(),
         status = case when e.open + d.delta > 0 then e.status when e.status = 'cancel_requested' then 'cancelled'
                       when e.failures + d.failed > 0 then 'failed' else 'completed' end,
         completed_at = case when e.open + d.delta = 0 then clock_timestamp() end
    from sinks d where e.organization_id = d.organization_id and e.id = d.execution_id
  returning e.organization_id, e.id, e.status, e.open, e.slot, e.parent_task_id
),
released as (                                               -- slots of ended executions, numbered per organization; one above the limit is not handed on
  select c.organization_id, c.slot, row_number() over (partition by c.organization_id order by c.slot) as k
    from counted c join organizations o on o.id = c.organization_id
   where c.open = 0 and c.slot <= o.max_concurrent
),
queued as materialized (
  select q.organization_id, q.id, row_number() over (partition by q.organization_id order by q.rank, q.id) as k
    from (select organization_id, count(*) as n from released group by 1) r cross join lateral
         (select organization_id, id, rank from flow_executions q where q.organization_id = r.organization_id and q.status = 'queued'
           order by q.rank, q.id limit r.n for no key update skip locked) q
),
promoted as (                                               -- a slot goes from hand to hand: no counter, no hot row
  update flow_executions e set status = 'running', slot = r.slot, rank = case when e.rank < -10000 then e.rank + 20000 else e.rank end,
                               started_at = coalesce(e.started_at, clock_timestamp()), updated_at = now()
    from queued q join released r using (organization_id, k) where e.organization_id = q.organization_id and e.id = q.id
  returning e.organization_id, e.id, e.flow_id, e.slot
),
begun as (                                                  -- its first tasks, or those whose event has come, lay there, pending and waiting for nothing
  update task_executions t set status = 'ready', ready_at = now() from promoted p
   where t.organization_id = p.organization_id and t.execution_id = p.id and t.status = 'pending' and t.waiting = 0
),
freed as (
  update execution_slots s set free = true from counted c
   where c.open = 0 and s.organization_id = c.organization_id and s.slot = c.slot
     and not coalesce((c.organization_id, c.slot) in (select organization_id, slot from promoted), false)
)
select 'claimed' as kind, organization_id, execution_id, id, task, item, attempt, alive, skipped, failed, status, lane,
       started_at, item_value::text as item_value, null::uuid as flow_id, generation as n
  from arrived where status = 'running'
union all
select 'ready', organization_id, execution_id, id, task, null, null, null, null, null, status, lane, null, null, null, null from arrived where status = 'ready'
union all
select 'fused', organization_id, execution_id, id, task, null, null, null, null, null, null, null, null, null, null, null from fused where generation > 0
union all
select 'execution', organization_id, id, parent_task_id, null, null, null, null, null, null, status, null, null, null, null, open from counted
union all
select 'promoted', organization_id, id, null, null, null, null, null, null, null, null, null, null, null, flow_id, null from promoted
union all
select 'state', organization_id, id, null, null, null, null, null, null, null, status, null, null, null, null, generation from execution
 where status <> 'running' or generation > 0
union all
select 'fenced', organization_id, execution_id, id, null, null, null, null, null, null, null, null, null, null, null, source::int
  from unnest($1::uuid[], $2::uuid[], $3::uuid[]) with ordinality as s(organization_id, execution_id, id, source) where source not in (select source from settled)
