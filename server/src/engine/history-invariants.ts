/** An invariant as a query that must return nothing. A name is for ever: reports and issues cite it. */
export interface Invariant {
  name: string;
  what: string;
  /** `$1`, where it stands: seconds of quiet after which a move is lost, not late. */
  sql: string;
}

export interface Violation {
  invariant: string;
  what: string;
  row: Record<string, unknown>;
}

const ENDED = `('completed', 'failed', 'cancelled')`;
const OPEN_TASK = `('pending', 'ready', 'running', 'awaiting_input', 'scheduled')`;
const FINAL_TASK = `('completed', 'failed', 'skipped', 'cancelled')`;

/** What the rows alone can show; waiting counters, items and upstream times are replayed by the plan (replay-execution.ts: I8, I9, I16, I18). */
export const INVARIANTS: readonly Invariant[] = [
  {
    name: 'I1',
    what: 'One attempt was settled twice',
    sql: `select organization_id, task_execution_id, generation, attempt from execution_events
           where kind in ('attempt_failed', 'attempt_lost') group by 1, 2, 3, 4 having count(*) > 1`,
  },
  {
    name: 'I5',
    what: 'An attempt that is over is not behind the one that its row has',
    sql: `select v.organization_id, v.task_execution_id, v.attempt as ended, t.attempt from execution_events v
            join task_executions t on t.organization_id = v.organization_id and t.id = v.task_execution_id and t.generation = v.generation
           where v.kind in ('attempt_failed', 'attempt_lost') and (v.attempt > t.attempt or v.attempt = t.attempt and t.status in ('running', 'completed'))`,
  },
  {
    name: 'I6',
    what: 'A completed task has no output, or one that is not completed has one, or it is in two places',
    sql: `select organization_id, id, status from task_executions
           where status = 'completed' and output is null and output_key is null
              or status not in ('completed', 'failed') and (output is not null or output_key is not null)
              or output is not null and output_key is not null`,
  },
  {
    name: 'I7',
    what: 'Two rows stand for one item of one task',
    sql: `select organization_id, execution_id, task, item from task_executions group by 1, 2, 3, 4 having count(*) > 1`,
  },
  {
    name: 'I10',
    what: 'An execution has ended and has open tasks, or open ends',
    sql: `select e.organization_id, e.id, e.status from flow_executions e
           where e.status in ${ENDED} and (e.open <> 0 or exists (select from task_executions t
                 where t.organization_id = e.organization_id and t.execution_id = e.id and t.status in ${OPEN_TASK}))`,
  },
  {
    name: 'I10b',
    what: 'An execution goes on and nothing of it is open',
    sql: `select e.organization_id, e.id, e.status from flow_executions e
           where e.status not in ${ENDED} and e.updated_at < now() - make_interval(secs => $1::int)
             and not exists (select from task_executions t where t.organization_id = e.organization_id and t.execution_id = e.id
                                and t.status in ('ready', 'running', 'awaiting_input', 'scheduled') or e.status = 'queued' and t.status = 'pending'
                                and t.organization_id = e.organization_id and t.execution_id = e.id)`,
  },
  {
    name: 'I11',
    what: 'A running task is in no living worker',
    sql: `select t.organization_id, t.id, t.worker from task_executions t
           where t.status = 'running' and not exists (select from workers w where w.id = t.worker and w.alive_until > now() - make_interval(secs => $1::int))`,
  },
  {
    name: 'I12',
    what: 'A task is ready in an execution that is not under way, or decided and left pending',
    sql: `select t.organization_id, t.id, t.status, e.status as execution from task_executions t
            join flow_executions e on e.organization_id = t.organization_id and e.id = t.execution_id
           where t.status in ('ready', 'running', 'awaiting_input', 'scheduled')
                 and (e.status not in ('running', 'cancel_requested') and (t.status <> 'awaiting_input' and t.pause is null or e.status not in ('waiting', 'queued'))
                      or t.generation <> e.generation and (t.generation > e.generation      -- an edit leaves what it does not outdate in its generation
                         or exists (select from execution_events v where v.organization_id = e.organization_id and v.execution_id = e.id
                                       and v.kind = 're_executed' and v.generation > t.generation)))
              or t.status = 'pending' and t.waiting <= 0 and e.status <> 'queued'`,
  },
  {
    name: 'I14',
    what: 'A row belongs to an execution that its organization does not have',
    sql: `select t.organization_id, t.id from task_executions t
           where not exists (select from flow_executions e where e.organization_id = t.organization_id and e.id = t.execution_id)`,
  },
  {
    name: 'I15',
    what: 'Two executions held one slot at the same time',
    sql: `select organization_id, id, slot from (
            select organization_id, id, slot, started_at,
                   max(coalesce(completed_at, 'infinity')) over (partition by organization_id, slot order by started_at, id
                                                                 rows between unbounded preceding and 1 preceding) as held_until
              from flow_executions e
             where slot is not null and started_at is not null       -- one that waited without its slot held it in pieces, which no column tells
               and not exists (select from execution_events v where v.organization_id = e.organization_id and v.execution_id = e.id
                                  and v.generation = e.generation and v.kind = 'promoted')) s
           where started_at < held_until`,
  },
  {
    name: 'I15c',
    what: 'Two executions hold one slot',
    sql: `select organization_id, slot from flow_executions where status in ('running', 'cancel_requested') and slot is not null
           group by 1, 2 having count(*) > 1`,
  },
  {
    name: 'I15b',
    what: 'A slot is free and held, or neither',
    sql: `select s.organization_id, s.slot, s.free from execution_slots s
           where s.free = exists (select from flow_executions e where e.organization_id = s.organization_id and e.slot = s.slot
                                    and e.status in ('running', 'cancel_requested'))`,
  },
  {
    name: 'I16',
    what: 'The items of a fan-out have gaps',
    sql: `select t.organization_id, t.execution_id, t.task, t.item >> 17 as outer_item from task_executions t
            join flow_executions e on e.organization_id = t.organization_id and e.id = t.execution_id
           where e.status in ('completed', 'failed') and e.purge_begun_at is null group by 1, 2, 3, 4 having count(*) <> max(t.item & 131071) + 1`,
  },
  {
    name: 'I17',
    what: 'A task started or completed after its execution was cancelled',
    sql: `select t.organization_id, t.id, t.status from task_executions t
            join flow_executions e on e.organization_id = t.organization_id and e.id = t.execution_id
           where e.cancel_requested_at is not null
             and not exists (select from execution_events v where v.organization_id = t.organization_id and v.execution_id = t.execution_id
                                and v.task_execution_id = t.id and v.kind = 'edited')  -- what somebody says of it later did not run
             and (t.completed_at > e.cancel_requested_at and t.status in ('completed', 'failed', 'skipped')
               or t.started_at > e.cancel_requested_at and t.status in ('completed', 'failed', 'awaiting_input', 'scheduled'))`,
  },
  {
    name: 'I19',
    what: 'Time runs backwards in a row',
    sql: `select organization_id, id from task_executions
           where completed_at < started_at or (completed_at is null) = (status in ${FINAL_TASK}) or started_at is null and status in ('running', 'completed')
          union all
          select organization_id, id from flow_executions
           where completed_at < started_at or started_at < created_at or (completed_at is null) = (status in ${ENDED})`,
  },
  {
    name: 'I26',
    what: 'An execution counts its waiting tasks wrongly',
    sql: `select e.organization_id, e.id, e.awaiting from flow_executions e
           where e.awaiting <> (select count(*) from task_executions t where t.organization_id = e.organization_id and t.execution_id = e.id
                                   and t.status = 'awaiting_input')`,
  },
  {
    name: 'I29',
    what: 'An execution that only waits holds a slot, or has nothing to wait for, or is an event late',
    sql: `select e.organization_id, e.id, e.slot, e.awaiting from flow_executions e
           where e.status = 'waiting' and (e.slot is not null or exists (select from task_executions t
                 where t.organization_id = e.organization_id and t.execution_id = e.id and t.decision is not null)
                 or e.awaiting = 0 and not exists (select from task_executions t
                 where t.organization_id = e.organization_id and t.execution_id = e.id and t.pause is not null))`,
  },
  {
    name: 'I30',
    what: 'A task names a pause and does not lie still under it',
    sql: `select t.organization_id, t.id, t.status, t.pause from task_executions t
           where t.pause is not null and (t.status <> 'scheduled' or t.ready_at < now() + interval '100000 days')`,
  },
  {
    name: 'I27',
    what: 'A run number was given out twice, or never',
    sql: `select e.organization_id, e.flow_id, e.run_number from flow_executions e join flows f on f.organization_id = e.organization_id and f.id = e.flow_id
           group by 1, 2, 3, f.run_count having count(*) > 1 or e.run_number > f.run_count or e.run_number < 1`,
  },
  {
    name: 'I28',
    what: 'A replaced row is of a generation that has not been',
    sql: `select r.organization_id, r.id from task_execution_revisions r
            join flow_executions e on e.organization_id = r.organization_id and e.id = r.execution_id
           where r.generation > e.generation or r.reason = 're_executed' and r.generation >= e.generation`,
  },
  {
    name: 'I25',
    what: 'A transaction has been left open',
    sql: `select pid, xact_start from pg_stat_activity
           where datname = current_database() and state = 'idle in transaction' and xact_start < now() - interval '30 seconds'`,
  },
];
