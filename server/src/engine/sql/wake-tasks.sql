-- wake: $1 how many. Holds after it: timers and retries that are due are ready. Keeping them out of the ready index keeps the claim's scan free of
-- work that is not due, however many timers wait. Index: task_executions_scheduled.
with due as materialized (
  select organization_id, id from task_executions where status = 'scheduled' and ready_at <= now() order by ready_at limit $1::int for no key update skip locked
)
update task_executions t set status = 'ready' from due d where t.organization_id = d.organization_id and t.id = d.id
returning t.organization_id, t.id
