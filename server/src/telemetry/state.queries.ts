// What the platform as a whole looks like, asked of its rows. Whatever they hold, each statement reads a bounded number of them through an index, and
// has a deadline: an instrument that asks too often, or at the wrong moment, must not hurt what it watches.
import type { Id } from '#base';
import type { NamedQuery } from '#db';

/** Groups (organization, lane, priority) that are looked at: each is a probe or two of an index. */
const MAX_GROUPS = 1_000;
/** Rows that one statement counts, over all groups: some ten milliseconds. Where there are more, a group counts as many as its share, and says so. */
const MAX_COUNTED = 50_000;
/** Ready tasks whose executors are looked up. */
const MAX_EXPLAINED = 2_000;
/** Recent runs that are looked at, of one organization and of all. */
const MAX_RUNS_EACH = 100;
const MAX_RUNS = 10_000;
const MAX_ORGANIZATIONS = 1_000;

export interface Backlog {
  organizationId: Id;
  depth: number;
  /** Of the one that waits longest, exact however many there are. */
  oldestSeconds: number;
  /** There are more than were counted. */
  isMore: boolean;
}

/** Ready tasks by organization. Index: task_executions_ready, walked loosely, as the claim does. */
const READY = `with recursive turn as (
  (select organization_id, lane, rank, ready_at, 1 as n from task_executions where status = 'ready'
    order by organization_id, lane, rank, ready_at limit 1)
  union all
  select l.organization_id, l.lane, l.rank, l.ready_at, t.n + 1 from turn t cross join lateral
    (select organization_id, lane, rank, ready_at from task_executions r
      where r.status = 'ready' and (r.organization_id, r.lane, r.rank) > (t.organization_id, t.lane, t.rank)
      order by organization_id, lane, rank, ready_at limit 1) l
   where t.n < $1::int
), budget as (select greatest(1, $2::int / greatest(1, count(*)))::int as most from turn)
select t.organization_id, sum(c.depth)::int as depth, greatest(0, extract(epoch from clock_timestamp() - min(t.ready_at)))::float8 as oldest,
       bool_or(c.depth >= b.most) as is_more
  from turn t cross join budget b cross join lateral
    (select count(*)::int as depth from (select 1 from task_executions r
      where r.status = 'ready' and r.organization_id = t.organization_id and r.lane = t.lane and r.rank = t.rank limit b.most) x) c
 group by t.organization_id`;

/** Runs that wait for a slot. Index: flow_executions_queued. Their age is that of their id, which begins with when they were made. */
const QUEUED = `with recursive turn as (
  (select organization_id, rank, id, 1 as n from flow_executions where status = 'queued' order by organization_id, rank, id limit 1)
  union all
  select l.organization_id, l.rank, l.id, t.n + 1 from turn t cross join lateral
    (select organization_id, rank, id from flow_executions r
      where r.status = 'queued' and (r.organization_id, r.rank) > (t.organization_id, t.rank)
      order by organization_id, rank, id limit 1) l
   where t.n < $1::int
), budget as (select greatest(1, $2::int / greatest(1, count(*)))::int as most from turn)
select t.organization_id, sum(c.depth)::int as depth,
       greatest(0, extract(epoch from clock_timestamp()) - min(('x' || left(replace(t.id::text, '-', ''), 12))::bit(48)::bigint) / 1000.0)::float8 as oldest,
       bool_or(c.depth >= b.most) as is_more
  from turn t cross join budget b cross join lateral
    (select count(*)::int as depth from (select 1 from flow_executions r
      where r.status = 'queued' and r.organization_id = t.organization_id and r.rank = t.rank limit b.most) x) c
 group by t.organization_id`;

/** Of the first ready tasks of each group, which executors they need. Indexes: task_executions_ready, then keys. */
const EXECUTORS = `with recursive turn as (
  (select organization_id, lane, rank, 1 as n from task_executions where status = 'ready' order by organization_id, lane, rank, ready_at limit 1)
  union all
  select l.organization_id, l.lane, l.rank, t.n + 1 from turn t cross join lateral
    (select organization_id, lane, rank from task_executions r
      where r.status = 'ready' and (r.organization_id, r.lane, r.rank) > (t.organization_id, t.lane, t.rank)
      order by organization_id, lane, rank, ready_at limit 1) l
   where t.n < $1::int
), budget as (select greatest(1, $2::int / greatest(1, count(*)))::int as most from turn)
select v.executor, count(*)::int as depth
  from turn t cross join budget b cross join lateral
    (select r.organization_id, r.execution_id, r.task from task_executions r
      where r.status = 'ready' and r.organization_id = t.organization_id and r.lane = t.lane and r.rank = t.rank limit b.most) r
  join flow_executions e on e.organization_id = r.organization_id and e.id = r.execution_id
  join flow_version_tasks v on v.organization_id = e.organization_id and v.flow_version_id = e.flow_version_id and v.task = r.task
 group by v.executor`;

/** Timers and retries that are not due, and what is overdue: nobody has ticked. Index: task_executions_scheduled. */
const TIMERS = `select (select count(*)::int from (select 1 from task_executions where status = 'scheduled' limit $1::int) x) as scheduled,
  coalesce((select greatest(0, extract(epoch from clock_timestamp() - ready_at)) from task_executions
             where status = 'scheduled' order by ready_at limit 1), 0)::float8 as overdue,
  (select count(*)::int from (select 1 from task_executions where status = 'awaiting_input' and wait_until is not null limit $1::int) x) as waiting`;

/** One row a process; rows of ended ones go after an hour. `lost`: ended without having said goodbye. */
const WORKERS = `select count(*) filter (where alive_until > now())::int as alive, count(*) filter (where alive_until <= now() and draining)::int as drained,
  count(*) filter (where alive_until <= now() and not draining)::int as lost,
  coalesce(max(loop_delay_ms) filter (where alive_until > now()), 0)::float8 / 1000 as loop_delay,
  extract(epoch from now() - max(claimed_at))::float8 as since_claim,
  coalesce(json_agg(json_build_object('worker', id, 'host', host, 'pid', pid, 'seconds', extract(epoch from now() - alive_until)::int))
           filter (where alive_until between now() - interval '10 minutes' and now() and not draining), '[]') as silent
  from (select * from workers order by alive_until desc limit $1::int) w`;

/** How the runs went that began of late. Index: the key of flow_executions, whose ids begin with their time. */
const RECENT = `select s.id as organization_id, count(*) filter (where r.status = 'completed')::int as completed, count(*) filter (where r.status = 'failed')::int as failed
  from (select id from organizations order by id limit $2::int) s cross join lateral
    (select e.status from flow_executions e where e.organization_id = s.id and e.id >= $1::uuid order by e.id desc limit $3::int) r
 where r.status in ('completed', 'failed') group by s.id limit $4::int`;

/** What vacuum has left of the tables that change most, and the queue of hints: a listener that is stuck fills it. */
const DATABASE = `select pg_notification_queue_usage() as notify_queue,
  (select coalesce(json_agg(json_build_object('table', relname, 'dead', n_dead_tup, 'live', n_live_tup,
            'vacuumed', extract(epoch from now() - greatest(last_autovacuum, last_vacuum)))), '[]')
     from pg_stat_user_tables
    where relid in ('task_executions'::regclass, 'flow_executions'::regclass, 'execution_slots'::regclass, 'workers'::regclass)) as tables`;

/** For the test that looks at their plans: texts and values. */
export const STATE_STATEMENTS: Readonly<Record<string, { text: string; values: unknown[] }>> = {
  ready: { text: READY, values: [MAX_GROUPS, MAX_COUNTED] },
  queued: { text: QUEUED, values: [MAX_GROUPS, MAX_COUNTED] },
  executors: { text: EXECUTORS, values: [MAX_GROUPS, MAX_EXPLAINED] },
  timers: { text: TIMERS, values: [MAX_COUNTED] },
  workers: { text: WORKERS, values: [MAX_GROUPS] },
  recent: { text: RECENT, values: ['00000000-0000-0000-0000-000000000000', MAX_ORGANIZATIONS, MAX_RUNS_EACH, MAX_RUNS] },
  database: { text: DATABASE, values: [] },
};

interface BacklogRow {
  organization_id: Id;
  depth: number;
  oldest: number;
  is_more: boolean;
}

const toBacklog = (row: BacklogRow): Backlog => ({
  organizationId: row.organization_id,
  depth: row.depth,
  oldestSeconds: row.oldest,
  isMore: row.is_more,
});

export const readReady = async (query: NamedQuery): Promise<Backlog[]> =>
  (await query<BacklogRow>('state_ready', READY, [MAX_GROUPS, MAX_COUNTED])).map(toBacklog);

export const readQueued = async (query: NamedQuery): Promise<Backlog[]> =>
  (await query<BacklogRow>('state_queued', QUEUED, [MAX_GROUPS, MAX_COUNTED])).map(toBacklog);

export const readExecutors = (query: NamedQuery): Promise<{ executor: string; depth: number }[]> =>
  query('state_executors', EXECUTORS, [MAX_GROUPS, MAX_EXPLAINED]);

export interface Timers {
  scheduled: number;
  /** Of the timer that is overdue longest; 0 where none is. */
  overdue: number;
  waiting: number;
}

export const readTimers = async (query: NamedQuery): Promise<Timers> =>
  (await query<Timers>('state_timers', TIMERS, [MAX_COUNTED]))[0] as Timers;

export interface WorkerState {
  alive: number;
  drained: number;
  lost: number;
  loop_delay: number;
  /** Since any worker has claimed something, as its last renewal of the lease has told; null where none has. */
  since_claim: number | null;
  silent: { worker: number; host: string; pid: number; seconds: number }[];
}

export const readWorkers = async (query: NamedQuery): Promise<WorkerState> =>
  (await query<WorkerState>('state_workers', WORKERS, [MAX_GROUPS]))[0] as WorkerState;

export interface RecentRuns {
  organization_id: Id;
  completed: number;
  failed: number;
}

export const readRecent = (query: NamedQuery, since: Id): Promise<RecentRuns[]> =>
  query('state_recent', RECENT, [since, MAX_ORGANIZATIONS, MAX_RUNS_EACH, MAX_RUNS]);

export interface DatabaseState {
  notify_queue: number;
  /** `vacuumed`: seconds since; null where it never was. */
  tables: { table: string; dead: number; live: number; vacuumed: number | null }[];
}

export const readDatabase = async (query: NamedQuery): Promise<DatabaseState> =>
  (await query<DatabaseState>('state_database', DATABASE, []))[0] as DatabaseState;
