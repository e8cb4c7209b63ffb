-- fit-slots: $1 organization. Holds after it: one slot for each execution that it may run at once; those above a lowered limit are gone where they are free,
-- and are not taken again where they are not. Locks the organization, so that two calls do not make the same slot.
with o as (
  select id, coalesce(max_concurrent, 0) as most from organizations where id = $1::uuid for no key update
),
made as (
  insert into execution_slots (organization_id, slot) select o.id, n from o cross join lateral generate_series(1, o.most) n on conflict do nothing
)
delete from execution_slots s using o where s.organization_id = o.id and s.slot > o.most and s.free
