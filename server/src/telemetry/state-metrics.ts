import { Gauge, Registry } from 'prom-client';
import type { Id } from '#base';
import type { PlatformState } from './platform-state.ts';
import type { Backlog } from './state.queries.ts';

/** Organizations that have a line of their own, the deepest backlog first; those after them are summed under `other`. */
const MAX_NAMED = 20;
const OTHER = 'other';

/**
 * The state of the platform as Prometheus text. Organizations appear by id, never by name. `viewer`: whose eyes these are; then only that organization
 * has a line of its own. All processes tell the same, so dashboards take the greatest, not the sum.
 */
export async function stateMetrics(state: PlatformState | undefined, viewer?: Id): Promise<string> {
  const registers = [new Registry()] as [Registry];
  const gauge = <L extends string = never>(name: string, help: string, labelNames: L[] = []) =>
    new Gauge<L>({ name, help, labelNames, registers });
  gauge('flow_state_up', '1 where the state of the platform could be read').set(state === undefined ? 0 : 1);
  if (state === undefined) return registers[0].metrics();
  const { timers, workers, database } = state;
  backlog(gauge, 'flow_ready_tasks', 'flow_ready_oldest_seconds', 'Tasks that are ready and that no worker has', state.ready, viewer);
  backlog(gauge, 'flow_queued_executions', 'flow_queued_oldest_seconds', 'Runs that wait for a free slot', state.queued, viewer);
  const byExecutor = gauge('flow_ready_tasks_by_executor', 'Of the first 2,000 ready tasks, which executors they need', ['executor']);
  for (const { executor, depth } of state.executors) byExecutor.set({ executor }, depth);
  gauge('flow_scheduled_tasks', 'Timers and retries that are not due; counted up to 50,000').set(timers.scheduled);
  gauge('flow_scheduled_overdue_seconds', 'Since when a timer is due that nobody has woken').set(timers.overdue);
  gauge('flow_timed_waits', 'Tasks that wait for a person or an event, until a time; counted up to 50,000').set(timers.waiting);
  const leases = gauge('flow_workers', 'Worker processes of the last hour; lost: their lease ended without a word', ['state']);
  for (const kind of ['alive', 'drained', 'lost'] as const) leases.set({ state: kind }, workers[kind]);
  gauge('flow_worker_loop_delay_seconds', 'The greatest delay of an event loop among live workers').set(workers.loop_delay);
  gauge('flow_claim_age_seconds', 'Since when no worker has claimed anything; -1 where none has').set(workers.since_claim ?? -1);
  const dead = gauge('flow_table_dead_tuples', 'Dead rows that vacuum has not removed yet', ['table']);
  const live = gauge('flow_table_live_tuples', 'Rows, as the statistics say', ['table']);
  const vacuumed = gauge('flow_table_vacuum_age_seconds', 'Since the last vacuum; -1 where there was none', ['table']);
  for (const table of database.tables) {
    dead.set({ table: table.table }, table.dead);
    live.set({ table: table.table }, table.live);
    vacuumed.set({ table: table.table }, table.vacuumed ?? -1);
  }
  gauge('flow_notify_queue_usage_ratio', 'How full the queue of hints is; at 1 the database commits nothing more').set(
    database.notify_queue,
  );
  return registers[0].metrics();
}

type MakeGauge = <L extends string>(name: string, help: string, labelNames: L[]) => Gauge<L>;

function backlog(
  gauge: MakeGauge,
  name: string,
  ageName: string,
  help: string,
  backlogs: readonly Backlog[],
  viewer: Id | undefined,
): void {
  const depth = gauge(name, `${help}; ${MAX_NAMED} organizations by id, the others summed; counted up to 50,000 in all`, ['organization']);
  const age = gauge(ageName, 'Since when the oldest of them waits', ['organization']);
  const { named, others } = nameLargest(backlogs, viewer);
  for (const each of named) {
    depth.set({ organization: each.organizationId }, each.depth);
    age.set({ organization: each.organizationId }, each.oldestSeconds);
  }
  depth.set(
    { organization: OTHER },
    others.reduce((sum, each) => sum + each.depth, 0),
  );
  age.set({ organization: OTHER }, Math.max(0, ...others.map((each) => each.oldestSeconds)));
}

function nameLargest(backlogs: readonly Backlog[], viewer: Id | undefined): { named: Backlog[]; others: Backlog[] } {
  const sorted = [...backlogs].sort((a, b) => b.depth - a.depth);
  const isNamed = (each: Backlog, place: number) => (viewer === undefined ? place < MAX_NAMED : each.organizationId === viewer);
  return { named: sorted.filter(isNamed), others: sorted.filter((each, place) => !isNamed(each, place)) };
}
