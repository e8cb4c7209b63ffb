-- reap: $1 how many, $2 ids for events, $3 losses after which a task is run apart from others. Holds after it: what workers with an ended lease held is ready
-- again; their attempt is over, so their late results are fenced. Executions are locked before their tasks, as everywhere: the event's foreign key would
-- else take that lock last. Index: task_executions_running.
with lost as materialized (
  select t.organization_id, t.id, t.attempt, row_number() over () as k
    from (select t.organization_id, t.id, t.attempt
            from workers w join task_executions t on t.worker = w.id and t.status = 'running'
            join flow_executions e on e.organization_id = t.organization_id and e.id = t.execution_id
           where w.alive_until < now() limit $1::int for key share of e skip locked for no key update of t skip locked) t
),
given_back as (
  update task_executions t
     set status = 'ready', worker = null, attempt = t.attempt + 1, losses = t.losses + 1, ready_at = now(),
         lane = case when t.losses + 1 >= $3::int then 'suspect' else t.lane end
    from lost l where t.organization_id = l.organization_id and t.id = l.id
  returning t.organization_id, t.execution_id, t.id, t.generation, l.attempt, l.k
),
noted as (
  insert into execution_events (organization_id, id, execution_id, task_execution_id, generation, attempt, kind)
  select organization_id, ($2::uuid[])[k], execution_id, id, generation, attempt, 'attempt_lost' from given_back
)
select g.organization_id, g.execution_id, g.id, e.flow_id
  from given_back g join flow_executions e on e.organization_id = g.organization_id and e.id = g.execution_id
