import { Counter, type CounterConfiguration, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { PoolUse } from '#db';

/** From a statement that finds nothing to one that waits behind others. */
const STATEMENT_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];
/** From a pure task to a document of hundreds of pages. */
const TASK_SECONDS = [0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60, 300, 900];
const REQUEST_SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
const BATCH_TASKS = [1, 2, 5, 10, 20, 50, 100, 200];
const LAG_SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30];

/**
 * What this process counts of its own work. Labels hold words of ours alone (a route pattern, an executor of the catalogue, a status), never what a
 * caller chooses, so that their number is bounded. One value a platform: two in one process do not meet.
 */
export type Metrics = ReturnType<typeof createMetrics>;

/** `pools` are asked at each scrape. */
export function createMetrics(pools: Readonly<Record<string, () => PoolUse>> = {}) {
  const registry = new Registry();
  const registers = [registry];
  /** Attempts under way by executor: a plain count, since it changes twice with each. */
  const running = new Map<string, number>();
  collectDefaultMetrics({ register: registry });
  const counter = <L extends string = never>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Counter<L>({ name, help, labelNames: [...labelNames], registers } as CounterConfiguration<L>);
  const gauge = <L extends string = never>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Gauge<L>({ name, help, labelNames: [...labelNames], registers });
  const histogram = <L extends string = never>(name: string, help: string, buckets: number[], labelNames: readonly L[] = []) =>
    new Histogram<L>({ name, help, buckets, labelNames: [...labelNames], registers });
  return {
    registry,
    httpRequests: counter('flow_http_requests_total', 'HTTP requests answered', ['method', 'route', 'status']),
    httpSeconds: histogram('flow_http_request_seconds', 'Time from request to answer', REQUEST_SECONDS, ['method', 'route']),
    eventReaders: gauge('flow_event_readers', 'Sockets and streams that hear of changes now', ['transport']),
    eventsDelivered: counter('flow_events_delivered_total', 'Changes told to readers of sockets and streams'),
    eventLag: histogram('flow_event_lag_seconds', 'From the commit of a change to its hint on the channel of the database', LAG_SECONDS),
    claimSeconds: histogram('flow_claim_seconds', 'Time of one claim, the answer included', STATEMENT_SECONDS),
    claimBatch: histogram('flow_claim_batch_tasks', 'Tasks that a claim brought, where it brought any', BATCH_TASKS),
    settleSeconds: histogram('flow_settle_seconds', 'Time of one settle, the answer included', STATEMENT_SECONDS),
    settleBatch: histogram('flow_settle_batch_tasks', 'Results of one settle', BATCH_TASKS),
    tasksSettled: counter('flow_tasks_settled_total', 'Results that workers have settled', ['status']),
    taskRetries: counter('flow_task_retries_total', 'Attempts that failed and are tried again'),
    attemptsLost: counter('flow_attempts_lost_total', 'Attempts that were lost with their worker, as this process found them'),
    resultsFenced: counter('flow_results_fenced_total', 'Results that came too late: another attempt has the task'),
    taskSeconds: histogram('flow_task_seconds', 'Time of one attempt in a worker', TASK_SECONDS, ['executor', 'status']),
    running,
    tasksRunning: new Gauge({
      name: 'flow_tasks_running',
      help: 'Attempts that this process runs now',
      labelNames: ['executor'],
      registers,
      collect() {
        for (const [executor, count] of running) this.set({ executor }, count);
      },
    }),
    tickSeconds: histogram('flow_tick_seconds', "Time of one round of the engine's chores", STATEMENT_SECONDS),
    leasesHeld: gauge('flow_leases_held', 'Leases that this process holds: 1 while its worker may claim'),
    leasesLost: counter('flow_leases_lost_total', 'Leases that ended under this process'),
    webhookDeliveries: counter('flow_webhook_deliveries_total', 'Webhooks sent by tasks and by hand', ['status']),
    fileErrors: counter('flow_file_store_errors_total', 'Calls to the file store that failed', ['operation']),
    poolConnections: new Gauge({
      name: 'flow_pool_connections',
      help: 'Connections to the database; waiting: who waits for one',
      labelNames: ['pool', 'state'],
      registers,
      collect() {
        for (const [pool, read] of Object.entries(pools))
          for (const [state, count] of Object.entries(read())) this.set({ pool, state }, count);
      },
    }),
    stateFailures: counter('flow_state_query_failures_total', 'Reads of the platform state that failed or took too long'),
  };
}
