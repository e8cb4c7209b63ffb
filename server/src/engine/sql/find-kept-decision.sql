-- find-kept-decision: $1 organization, $2 execution, $3 task's name, $4 item, $5 generation. What an event, or a person, had settled a waiting task with before this
-- generation, where the generation runs only what is outdated again: a full re-execution keeps nothing. Changes nothing. Index: task_execution_revisions_place.
select r.record ->> 'output' as output, r.record ->> 'output_key' as output_key, r.record -> 'routes' as routes, r.record ->> 'input' as input,
       r.record -> 'summary' as summary, r.record ->> 'modified_by' as modified_by
  from (select record from task_execution_revisions
         where organization_id = $1::uuid and execution_id = $2::uuid and task_name = $3::text and item = $4::bigint
         order by generation desc, id desc limit 1) r
 where r.record ->> 'status' = 'completed' and r.record ->> 'modified_by' <> 'system' and r.record ->> 'checkpoint' is not null
   and exists (select from execution_events v
                where v.organization_id = $1::uuid and v.execution_id = $2::uuid and v.generation = $5::int
                  and (v.kind = 'edited' or v.kind = 're_executed' and v.detail ->> 'only_stale' = 'true'))
