-- read-rows: $1 organization, $2 execution, $3 tasks that are gates. All rows of an execution, with what a re-execution decides by: of gates the list that
-- they fanned out over, of branches their routes. Changes nothing. Index: task_executions_place.
select id, task, item, status, stale_status, routes, case when status = 'completed' and task = any($3::smallint[]) then output::text end as items
  from task_executions where organization_id = $1::uuid and execution_id = $2::uuid
