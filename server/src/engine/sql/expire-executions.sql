-- expire-executions: $1 how many, $2 seconds until they are purged. Holds after it: of so many ended executions whose flow's settings.ttl has passed since
-- their end, none is shown any more, and it is known when each is purged (core.md G3). A re-execution begins the time anew; what waits or runs never
-- expires. Indexes: flows_ttl, flow_executions_flow.
with due as materialized (
  select e.organization_id, e.id
    from flows f join flow_executions e on e.organization_id = f.organization_id and e.flow_id = f.id
   where f.settings #>> '{ttl,seconds}' is not null and coalesce(f.settings #>> '{ttl,enabled}', 'true') <> 'false'
     and e.deleted_at is null and e.status in ('completed', 'failed', 'cancelled')
     and e.completed_at < now() - make_interval(secs => (f.settings #>> '{ttl,seconds}')::int)
   limit $1::int for no key update of e skip locked
)
update flow_executions e set deleted_at = now(), purge_at = now() + make_interval(secs => $2::int), updated_at = now(), modified_by = 'system'
  from due d where e.organization_id = d.organization_id and e.id = d.id
returning e.organization_id, e.id, e.flow_id
