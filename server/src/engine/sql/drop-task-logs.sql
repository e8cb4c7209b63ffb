-- drop-task-logs: $1 the first id that stays (ids begin with their time), $2 how many. Holds after it: no line of a task's log is older, or as many as
-- asked for are gone. One probe of the primary key an organization, and no lock is waited for twice: lines are never written to again.
delete from task_logs t using (
  select l.organization_id, l.id from organizations o cross join lateral
    (select organization_id, id from task_logs where organization_id = o.id and id < $1::uuid order by id limit $2::int) l
   limit $2::int
) old
 where t.organization_id = old.organization_id and t.id = old.id
returning t.id
