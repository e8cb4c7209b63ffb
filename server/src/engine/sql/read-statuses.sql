-- read-statuses: $1 organizations, $2 executions. How each stands, by its place in the arrays; served by the primary key. Changes nothing.
select k.k::int as k, e.status from unnest($1::uuid[], $2::uuid[]) with ordinality as k(organization_id, id, k)
  join flow_executions e on e.organization_id = k.organization_id and e.id = k.id
