-- release-places: $1 organizations, $2 task executions, $3 attempts. Holds after it: these attempts hold no place, of their
-- organization's or of the platform's. Index: concurrency_places_task.
delete from concurrency_places c using unnest($1::uuid[], $2::uuid[], $3::int[]) as s(organization_id, id, attempt)
 where c.organization_id = any (array[s.organization_id, '00000000-0000-0000-0000-000000000000']) and c.task_execution_id = s.id and c.attempt = s.attempt
returning c.organization_id, c.key
