-- find-held: $1 worker. What runs in its name, by the rows: more than it knows of where the answer to a claim or a settle was lost on its way. Changes
-- nothing. Index: task_executions_running.
select organization_id, id, attempt from task_executions where worker = $1::int and status = 'running'
