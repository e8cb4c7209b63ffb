-- claim: $1 batch, $2 worker, $3 organizations per turn, $4 cursor (the last organization of the turn before), $5 lanes, $6 how many of each.
-- Holds after it: each returned task is running, owned by $2, under a fresh attempt; no other worker has it. The batch is shared by weight among
-- the next $3 organizations after the cursor that have ready work (a loose scan of task_executions_ready: one probe an organization, whatever
-- their backlog; shares are rounded by one chance for all, so that each comes to its weight over many claims, and together they are the batch); within one, lane by lane, by rank, then age. A lane with a limit is shared by chance, not by the order of the turn: a lane of one
-- would else serve the same organization for ever. Each row says how long the turn was and where it ended, so does one that is else empty where nothing was
-- claimed: the caller moves its cursor there, also past organizations whose work is in lanes that it did not ask for. A start is by the clock: what made the task ready may have begun and committed after this statement began, before its snapshot.
with recursive turn as (
  (select organization_id, 1 as n from task_executions where status = 'ready' and organization_id > $4::uuid order by organization_id, lane, rank, ready_at limit 1)
  union all
  select l.organization_id, t.n + 1 from turn t cross join lateral
    (select organization_id from task_executions r where r.status = 'ready' and r.organization_id > t.organization_id
      order by organization_id, lane, rank, ready_at limit 1) l
   where t.n < $3::int
),
share as materialized (
  select w.organization_id, (floor(w.upto + u.chance) - floor(w.upto - w.part + u.chance))::int as quantum
    from (select random() as chance) u cross join
         (select t.organization_id, $1::float8 * o.weight / sum(o.weight) over () as part,
                 $1::float8 * sum(o.weight) over (order by t.organization_id) / sum(o.weight) over () as upto
            from turn t join organizations o on o.id = t.organization_id) w
),
candidate as materialized (
  select p.organization_id, p.id, l.lane, l.most
    from share s cross join unnest($5::text[], $6::int[]) as l(lane, most) cross join lateral
    (select t.organization_id, t.id from task_executions t where t.organization_id = s.organization_id and t.lane = l.lane and t.status = 'ready'
      order by t.rank, t.ready_at limit least(s.quantum, l.most) for no key update skip locked) p
),
picked as materialized (
  select organization_id, id from (select *, row_number() over (partition by lane order by random()) as k from candidate) c where k <= most
),
claimed as (
  update task_executions t set status = 'running', attempt = t.attempt + 1, worker = $2::int, started_at = coalesce(t.started_at, clock_timestamp())
    from picked p where t.organization_id = p.organization_id and t.id = p.id
  returning t.*
)
select c.organization_id, c.execution_id, c.id, c.generation, c.task, c.item, c.attempt, c.tries, c.losses, c.alive, c.skipped, c.failed, c.lane,
       c.started_at, c.item_value::text as item_value, c.checkpoint::text as checkpoint, c.decision::text as decision, e.flow_id, e.flow_version_id, e.flow_version, e.run_number,
       e.generation as execution_generation, e.first_task, e.rank as execution_rank, e.input::text as flow_input, e.created_at, e.status as execution_status,
       e.traceparent, l.n as turn_length, l.organization_id as turn_end
  from (select n, organization_id from turn order by n desc limit 1) l left join claimed c on true left join flow_executions e on e.organization_id = c.organization_id and e.id = c.execution_id
