-- lock-idle: $1 organizations, $2 executions; first in a transaction. Holds after it: no settle of those returned is in flight, and none begins before the
-- transaction ends. What another has locked is left out: it is not idle, or the next tick finds it.
select e.organization_id, e.id, e.slot
  from unnest($1::uuid[], $2::uuid[]) as i(organization_id, id) join flow_executions e on e.organization_id = i.organization_id and e.id = i.id
 where e.status = 'running'
 order by e.organization_id, e.id for update of e skip locked
