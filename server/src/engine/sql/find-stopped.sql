-- find-stopped: $1 organizations, $2 executions, $3 generations. Those that a worker should stop working for: cancelled, gone, or re-executed. Changes nothing.
select x.execution_id as id, x.generation
  from unnest($1::uuid[], $2::uuid[], $3::int[]) as x(organization_id, execution_id, generation)
 where not exists (select from flow_executions e where e.organization_id = x.organization_id and e.id = x.execution_id
                      and e.generation = x.generation and e.status = 'running')
