-- find-controls: $1 time and $2 key after which to look, $3 how many. Pauses and limits in the order of their last change. Index: queue_controls_updated.
select organization_id, key, kind, name, paused_at is not null as is_paused, max_concurrent, updated_at from queue_controls
 where (updated_at, key) > ($1::timestamptz, $2::text) order by updated_at, key limit $3::int
