-- read-result: $1 organization, $2 task execution; in a transaction after lock-rows. What an edit compares: the result, who gave it and when. Changes nothing.
select status, output::text as output, output_key, error, modified_by, edited_status, stale_status, input::text as input,
       source_task_executions::text as source_task_executions, routes,
       greatest(started_at, completed_at, case when status <> 'scheduled' then ready_at end) as changed_at
  from task_executions where organization_id = $1::uuid and id = $2::uuid
