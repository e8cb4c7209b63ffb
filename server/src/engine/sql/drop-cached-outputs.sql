-- drop-cached-outputs: $1 how many. Holds after it: no cached output is past its time, or as many as asked for are gone. Index: task_cache_expired.
delete from task_cache t using (
  select organization_id, key from task_cache where expires_at < now() order by expires_at limit $1::int for update skip locked
) old
 where t.organization_id = old.organization_id and t.key = old.key
   and t.expires_at < now()
returning t.organization_id
