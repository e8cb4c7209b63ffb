-- queue-flows: $1 organization, $2 id after which to look, $3 how many, $4 up to how many runs, or rows, are counted each, $5 flow or null (all). Changes nothing.
-- Indexes: primary key of flows, flow_executions_moving, task_executions_place, task_executions_paused, flow_executions_backlog.
select f.organization_id, 'flow' as kind, f.id::text as name, f.display_name as title, c.max_concurrent, t.ready, t.oldest_ready_at, t.running, p.n as paused,
       q.n as queued, c.paused_at, c.paused_by, c.reason, c.modified_by, c.updated_at
  from (select organization_id, id, display_name from flows
         where organization_id = $1::uuid and deleted_at is null and id > $2::uuid and ($5::uuid is null or id = $5::uuid) order by id limit $3::int) f
  left join queue_controls c on c.organization_id = f.organization_id and c.key = f.organization_id::text || '/flow/' || f.id::text
 cross join lateral (select count(*) filter (where t.status = 'ready')::int as ready, min(t.ready_at) filter (where t.status = 'ready') as oldest_ready_at,
                            count(*) filter (where t.status = 'running')::int as running
   from (select e.organization_id, e.id from flow_executions e
          where e.organization_id = f.organization_id and e.flow_id = f.id and e.status in ('running', 'cancel_requested') limit $4::int) e
   join task_executions t on t.organization_id = e.organization_id and t.execution_id = e.id and t.status in ('ready', 'running')) t
 cross join lateral (select count(*)::int as n from (select from task_executions x
   where x.status = 'scheduled' and x.pause = f.organization_id::text || '/flow/' || f.id::text limit $4::int) x) p
 cross join lateral (select count(*)::int as n from
   (select from flow_executions e where e.organization_id = f.organization_id and e.flow_id = f.id and e.status = 'queued' limit $4::int) x) q
 order by f.id
