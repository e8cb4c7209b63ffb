-- control-queue: $1 organization, $2 key, $3 kind, $4 name, $5 paused? (null: as it was), $6 set the limit? $7 limit or null, $8 reason or null, $9 who. Holds after it:
-- the row says so, and who said it. A pause that is repeated keeps its time. Workers hear of it by the time of its change. Index: primary key.
insert into queue_controls as q (organization_id, key, kind, name, paused_at, paused_by, reason, max_concurrent, modified_by)
values ($1::uuid, $2::text, $3::text, $4::text, case when $5::bool then clock_timestamp() end, case when $5::bool then $9::text end,
        case when $5::bool then $8::text end, case when $6::bool then $7::int end, $9::text)
on conflict (organization_id, key) do update
   set paused_at = case when $5::bool is null then q.paused_at when $5::bool then coalesce(q.paused_at, excluded.paused_at) end,
       paused_by = case when $5::bool is null then q.paused_by when $5::bool then coalesce(q.paused_by, excluded.paused_by) end,
       reason = case when $5::bool is null then q.reason when $5::bool then coalesce(excluded.reason, q.reason) end,
       max_concurrent = case when $6::bool then excluded.max_concurrent else q.max_concurrent end,
       modified_by = excluded.modified_by, updated_at = clock_timestamp()
returning updated_at
