-- put-off: $1 organizations, $2 task executions, $3 attempts, $4 ms. Holds after it: those still held under their attempt wait that long; nothing is counted.
update task_executions t set status = 'scheduled', ready_at = now() + $4::int * interval '1 ms'
  from unnest($1::uuid[], $2::uuid[], $3::int[]) as s(organization_id, id, attempt)
 where t.organization_id = s.organization_id and t.id = s.id and t.attempt = s.attempt and t.status = 'running'
