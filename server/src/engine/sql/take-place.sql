-- take-place: $1 organization, $2 key, $3 limit, $4 task execution, $5 attempt, $6 the task's organization ($1 is the nil UUID under a
-- key that all organizations share). Holds after it: one place under the key, of those up to the limit, is this
-- attempt's, or none was free. A place whose holder runs no longer under that attempt is as good as free: an attempt that ended never runs again, and
-- whoever sees the place sees the claim that came before it. Two that take the same place at once: one of them gets no row, and asks again.
-- Indexes: primary keys. The places are counted up by probes, so that a limit that is never reached costs nothing.
with stale as materialized (
  select c.place, c.task_execution_id, c.attempt from concurrency_places c
   where c.organization_id = $1::uuid and c.key = $2::text and c.place <= $3::int
     and not exists (select from task_executions t where t.organization_id = coalesce(c.holder_organization_id, c.organization_id) and t.id = c.task_execution_id
                       and t.attempt = c.attempt and t.status = 'running')
   limit 1
),
taken_over as (
  update concurrency_places c set task_execution_id = $4::uuid, attempt = $5::int, holder_organization_id = nullif($6::uuid, $1::uuid), taken_at = clock_timestamp() from stale s
   where c.organization_id = $1::uuid and c.key = $2::text and c.place = s.place and c.task_execution_id = s.task_execution_id and c.attempt = s.attempt
  returning c.place
),
free as materialized (
  select g as place from generate_series(1, $3::int) g
   where not exists (select from concurrency_places c where c.organization_id = $1::uuid and c.key = $2::text and c.place = g)
   limit 1
),
taken as (
  insert into concurrency_places (organization_id, key, place, task_execution_id, attempt, holder_organization_id)
  select $1::uuid, $2::text, f.place, $4::uuid, $5::int, nullif($6::uuid, $1::uuid) from free f where not exists (select from stale)
  on conflict do nothing
  returning place
)
select true as taken, false as contended from taken_over union all
select true, false from taken union all
select false, true where (exists (select from free) or exists (select from stale)) and not exists (select from taken_over) and not exists (select from taken)
