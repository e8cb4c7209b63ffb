-- sum-edits: $1 organization, $2 execution, $3 who, $4 open ends (null: as they are), $5 failures, $6 is there work that is ready?, $7 id of an event; in a transaction
-- after lock-rows, last. Holds after it: the execution says what its rows say: stale, or edited, or consistent; failed while a failure is left; how many
-- of its tasks wait. A run that waited without a slot, and has work again but found no slot free, is queued before all new ones, as queue-execution does.
with queued as (
  insert into execution_events (organization_id, id, execution_id, generation, kind, detail, actor, at)
  select $1::uuid, $7::uuid, id, generation, 'promoted', '{"resumed": true, "deferred": true}', $3::text, clock_timestamp()
    from flow_executions where organization_id = $1::uuid and id = $2::uuid and status = 'waiting' and $6::bool
)
update flow_executions e
   set data_status = case when s.stale then 'stale' when s.edited then 'edited' else 'consistent' end,
       open = coalesce($4::int, e.open), failures = $5::int, awaiting = case when e.status in ('completed', 'failed', 'cancelled') then 0 else s.awaiting end,
       status = case when e.status in ('completed', 'failed') then case when $5::int > 0 then 'failed' else 'completed' end
                     when e.status = 'waiting' and $6::bool then 'queued' else e.status end,
       rank = case when e.status = 'waiting' and $6::bool then e.rank - 20000 else e.rank end,
       modified_by = $3::text, updated_at = clock_timestamp()
  from (select coalesce(bool_or(stale_status = 'stale'), false) as stale, coalesce(bool_or(edited_status = 'edited_not_reexecuted'), false) as edited,
               count(*) filter (where status = 'awaiting_input')::int as awaiting
          from task_executions where organization_id = $1::uuid and execution_id = $2::uuid) s
 where e.organization_id = $1::uuid and e.id = $2::uuid
returning e.status, e.data_status, e.generation
