-- park-rows: $1 organization, $2 task executions, $3 the numbers that their tasks have in the new version; in a transaction after replace-rows. Holds after
-- it: those rows have negative numbers, so that keep-rows can give each its own without two ever meeting at one place.
update task_executions t set task = -1 - r.task from unnest($2::uuid[], $3::smallint[]) as r(id, task)
 where t.organization_id = $1::uuid and t.id = r.id
