-- advance-execution: $1 organization, $2 execution, $3 lowest rank, $4 who, $5 id of the event; in a transaction after lock-execution. Holds after it: a queued
-- execution is the next of its organization, for whatever frees a slot to promote. Index: flow_executions_queued.
with advanced as (
  update flow_executions e
     set rank = greatest($3::smallint, (select min(q.rank) from flow_executions q where q.organization_id = $1::uuid and q.status = 'queued') - 1),
         modified_by = $4::text, updated_at = now()
   where e.organization_id = $1::uuid and e.id = $2::uuid and e.status = 'queued'
  returning e.id, e.generation
)
insert into execution_events (organization_id, id, execution_id, generation, kind, actor)
select $1::uuid, $5::uuid, id, generation, 'promoted', $4::text from advanced
