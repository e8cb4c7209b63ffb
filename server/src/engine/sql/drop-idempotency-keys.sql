-- drop-idempotency-keys: $1 how many. Holds after it: no kept answer is past its time, or as many as asked for are gone. Index: idempotency_keys_expired.
delete from idempotency_keys t using (
  select organization_id, principal_id, route, key from idempotency_keys where expires_at < now() order by expires_at limit $1::int
) old
 where t.organization_id = old.organization_id and t.principal_id = old.principal_id and t.route = old.route and t.key = old.key
   and t.expires_at < now()
returning t.organization_id
