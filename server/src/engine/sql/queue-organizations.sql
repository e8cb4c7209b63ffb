-- queue-organizations: $1 organization or null (all), $2 id after which to look, $3 how many, $4 up to how many rows are counted each. Changes nothing.
-- Indexes: task_executions_ready, task_executions_running, task_executions_paused_by_id, flow_executions_queued.
with running as materialized (
  select organization_id, count(*)::int as n from task_executions where status = 'running' group by 1
)
select o.id as organization_id, 'organization' as kind, '' as name, o.name as title, o.max_concurrent, r.n as ready, r.oldest as oldest_ready_at,
       coalesce(u.n, 0) as running, p.n as paused, q.n as queued, c.paused_at, c.paused_by, c.reason, c.modified_by, c.updated_at
  from (select id, name, max_concurrent from organizations where not is_system and ($1::uuid is null or id = $1::uuid) and id > $2::uuid order by id limit $3::int) o
  left join running u on u.organization_id = o.id
  left join queue_controls c on c.organization_id = o.id and c.key = o.id::text || '/organization/'
 cross join lateral (select count(*)::int as n, min(x.ready_at) as oldest from
   (select ready_at from task_executions t where t.organization_id = o.id and t.status = 'ready' limit $4::int) x) r
 cross join lateral (select count(*)::int as n from
   (select from task_executions t where t.organization_id = o.id and t.status = 'scheduled' and t.pause is not null limit $4::int) x) p
 cross join lateral (select count(*)::int as n from
   (select from flow_executions e where e.organization_id = o.id and e.status = 'queued' limit $4::int) x) q
 order by o.id
