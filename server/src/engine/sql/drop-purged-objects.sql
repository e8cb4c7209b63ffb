-- drop-purged-objects: $1 organization, $2 execution, $3 kinds, $4 ids, both of find-purged-objects. Holds after it: nothing names these objects,
-- which are gone.
with gone as materialized (
  select kind, id from unnest($3::text[], $4::uuid[]) g (kind, id)
), tasks as (
  delete from task_executions t using gone g where g.kind = 'task' and t.organization_id = $1::uuid and t.id = g.id and t.execution_id = $2::uuid
), revisions as (
  delete from task_execution_revisions r using gone g where g.kind = 'revision' and r.organization_id = $1::uuid and r.id = g.id and r.execution_id = $2::uuid
)
delete from files f using gone g where g.kind = 'file' and f.organization_id = $1::uuid and f.id = g.id and f.flow_execution_id = $2::uuid
