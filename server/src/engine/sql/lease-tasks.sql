-- lease-tasks: $1 organization, $2 topics, $3 how many, $4 hashes of as many tokens, $5 lease in ms. Holds after it: each returned task that waits under one of
-- the topics is leased under a token of its own, under a fresh attempt: what an earlier holder brings is fenced. Oldest first; what another call is
-- leasing is skipped; of what is paused, nothing is leased. Index: task_executions_topic.
with paused as materialized (
  select key from queue_controls where organization_id = $1::uuid and paused_at is not null
  union all
  select key from queue_controls where organization_id = '00000000-0000-0000-0000-000000000000' and paused_at is not null
),
open as materialized (
  select where not exists (select from paused where key in ($1::text || '/organization/', $1::text || '/executor/external_task',
    '00000000-0000-0000-0000-000000000000/platform/', '00000000-0000-0000-0000-000000000000/executor/external_task'))
),
candidate as materialized (
  select p.id, p.ready_at from open cross join unnest($2::text[]) as w(topic) cross join lateral
    (select t.id, t.ready_at from task_executions t join flow_executions e on e.organization_id = t.organization_id and e.id = t.execution_id
      where t.organization_id = $1::uuid and t.topic = w.topic and t.status = 'awaiting_input' and t.decision is null
        and (t.lease_until is null or t.lease_until <= now()) and (t.wait_until is null or t.wait_until > now())
        and not exists (select from paused where key = $1::text || '/flow/' || e.flow_id::text)
      order by t.ready_at limit $3::int for no key update of t skip locked) p
),
picked as materialized (
  select id, row_number() over (order by ready_at, id) as k from candidate order by ready_at, id limit $3::int
),
leased as (
  update task_executions t
     set attempt = t.attempt + 1, lease_hash = ($4::bytea[])[p.k], lease_until = now() + $5::int * interval '1 ms'
    from picked p where t.organization_id = $1::uuid and t.id = p.id
  returning t.*, p.k
)
select c.k::int as k, c.organization_id, c.execution_id, c.id, c.generation, c.task, c.item, c.attempt, c.tries, c.losses, c.alive, c.skipped, c.failed, c.lane,
       c.started_at, c.item_value::text as item_value, c.checkpoint::text as checkpoint, null as decision, c.topic, c.lease_until, e.flow_id,
       e.flow_version_id, e.flow_version, e.run_number, e.generation as execution_generation, e.first_task, e.rank as execution_rank, '{}' as flow_input, e.created_at, e.status as execution_status
  from leased c join flow_executions e on e.organization_id = c.organization_id and e.id = c.execution_id
