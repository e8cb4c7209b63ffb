-- find-purged-objects: $1 organization, $2 execution, $3 how many. Objects of the file store that go with this run: large outputs, also replaced ones,
-- and files that its tasks wrote and no other run has read. Changes nothing. Indexes: task_executions_place, task_execution_revisions_place, files_execution.
(select 'task' as kind, id, output_key as key from task_executions
  where organization_id = $1::uuid and execution_id = $2::uuid and output_key is not null limit $3::int)
union all
(select 'revision', id, record ->> 'output_key' from task_execution_revisions
  where organization_id = $1::uuid and execution_id = $2::uuid and record ->> 'output_key' is not null limit $3::int)
union all
(select 'file', id, file_key from files
  where organization_id = $1::uuid and flow_execution_id = $2::uuid limit $3::int)
limit $3::int
