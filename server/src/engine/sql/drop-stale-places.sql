-- drop-stale-places: $1 ms, $2 how many. Holds after it: no place is held for longer than that by an attempt that runs no longer, or as many as asked for
-- are gone. Most are taken over by the next of their key; those of keys that nobody uses any longer are left to this. Index: primary key.
delete from concurrency_places p using (
  select l.organization_id, l.key, l.place, l.task_execution_id, l.attempt from (select id from organizations union all select '00000000-0000-0000-0000-000000000000') o cross join lateral
    (select c.organization_id, c.key, c.place, c.task_execution_id, c.attempt from concurrency_places c
      where c.organization_id = o.id and c.taken_at < now() - $1::int * interval '1 ms'
        and not exists (select from task_executions t where t.organization_id = coalesce(c.holder_organization_id, c.organization_id) and t.id = c.task_execution_id
                          and t.attempt = c.attempt and t.status = 'running')
      limit $2::int) l
   limit $2::int
) old
 where p.organization_id = old.organization_id and p.key = old.key and p.place = old.place
   and p.task_execution_id = old.task_execution_id and p.attempt = old.attempt
returning p.organization_id
