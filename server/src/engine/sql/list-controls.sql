-- list-controls: $1 organization (the nil UUID: the platform), $2 kind, $3 how many. Changes nothing. Index: queue_controls_kind.
select organization_id, kind, name, paused_at, paused_by, reason, max_concurrent, modified_by, updated_at from queue_controls
 where organization_id = $1::uuid and kind = $2::text order by name limit $3::int
