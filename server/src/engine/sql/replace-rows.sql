-- replace-rows: $1 organization, $2 task executions, $3 their tasks' names (null: a gate, which has no history), $4 ids of the revisions, $5 who; in a
-- transaction after lock-execution. Holds after it: the rows are gone, and what users saw of them is in task_execution_revisions.
with gone as (
  delete from task_executions t using unnest($2::uuid[], $3::text[], $4::uuid[]) as r(id, name, revision_id)
   where t.organization_id = $1::uuid and t.id = r.id
  returning t.organization_id, r.revision_id, t.id, t.execution_id, t.generation, r.name, t.item, t.attempt, to_json(t) as record
)
insert into task_execution_revisions (organization_id, id, task_execution_id, execution_id, generation, task_name, item, attempt, reason, record, replaced_by)
select organization_id, revision_id, id, execution_id, generation, name, item, attempt, 're_executed', record, $5::text from gone where name is not null
