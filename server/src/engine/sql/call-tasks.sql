-- call: $1 organizations, $2 task executions, $3 attempts. Holds after it: those that were put back and wait since are ready; all others are as they were.
update task_executions t set status = 'ready', ready_at = now()
  from unnest($1::uuid[], $2::uuid[], $3::int[]) as s(organization_id, id, attempt)
 where t.organization_id = s.organization_id and t.id = s.id and t.attempt = s.attempt and t.status = 'scheduled' and t.pause is null
returning t.id
