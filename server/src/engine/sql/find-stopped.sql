-- find-stopped: $1 organizations, $2 executions, $3 task executions, $4 attempts, $5 generations. Those that a worker should stop working for, by their number:
-- out of its hands, or of an execution that is being cancelled. Changes nothing.
select x.n::int as n
  from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[], $5::int[]) with ordinality as x(organization_id, execution_id, id, attempt, generation, n)
 where not exists (select from flow_executions e where e.organization_id = x.organization_id and e.id = x.execution_id and e.status = 'running')
    or not exists (select from task_executions t where t.organization_id = x.organization_id and t.id = x.id
                      and t.status = 'running' and t.attempt = x.attempt and t.generation = x.generation)
