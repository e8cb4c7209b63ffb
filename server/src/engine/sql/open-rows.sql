-- open-rows: $1 organization, $2 execution, $3 generation, $4 is it running? Rows: $5 ids, $6 tasks, $7 items, $8 status where decided, $9 need, $10 waiting,
-- $11 alive, $12 skipped, $13 failed, $14 item values, $15 ranks, $16 lanes, $17 names (by which a row takes back its old id); in a transaction after
-- reopen-execution. Holds after it: what is to be run again is ready; in a queued execution it is pending and waits for nothing, until promotion.
insert into task_executions (organization_id, id, execution_id, generation, task, item, status, need, waiting, alive, skipped, failed, item_value, rank, lane, completed_at)
select $1::uuid,
       coalesce((select v.task_execution_id from task_execution_revisions v where r.name is not null and v.organization_id = $1::uuid
                    and v.execution_id = $2::uuid and v.task_name = r.name and v.item = r.item limit 1), r.id),
       $2::uuid, $3::int, r.task, r.item, coalesce(r.status, case when r.waiting = 0 and $4::bool then 'ready' else 'pending' end),
       r.need, r.waiting, r.alive, r.skipped, r.failed, r.item_value::json, r.rank, r.lane, case when r.status is not null then now() end
  from unnest($5::uuid[], $6::smallint[], $7::bigint[], $8::text[], $9::int[], $10::int[], $11::int[], $12::int[], $13::int[], $14::text[], $15::smallint[],
              $16::text[], $17::text[]) as r(id, task, item, status, need, waiting, alive, skipped, failed, item_value, rank, lane, name)
returning id, task
