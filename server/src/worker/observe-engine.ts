import type { ClaimedTask, TaskEngine, TaskResult } from '#engine';
import { type Metrics, type SpanStart, type Tracing, traced } from '#telemetry';

/** Who watches a worker; what is absent costs a branch. */
export interface Observers {
  metrics?: Metrics | undefined;
  tracing?: Tracing | undefined;
}

/** The same engine, whose claims, settles and ticks are counted and timed, and are spans with a link to each run that they move. */
export function observeEngine(engine: TaskEngine, { metrics, tracing }: Observers): TaskEngine {
  if (metrics === undefined && tracing === undefined) return engine;
  return {
    ...engine,
    async claim(workerId, options) {
      const begun = performance.now();
      const tasks = await engine.claim(workerId, options);
      metrics?.claimSeconds.observe((performance.now() - begun) / 1_000);
      if (tasks.length > 0) metrics?.claimBatch.observe(tasks.length);
      if (tasks.length > 0 && tracing !== undefined) noteClaim(tracing, workerId, tasks);
      return tasks;
    },
    async settle(workerId, results, choices) {
      const settle = () => engine.settle(workerId, results, choices);
      const begun = performance.now();
      const report = await (tracing === undefined ? settle() : traced(tracing, 'settle', spanOf(workerId, results.map(taskOf)), settle));
      if (metrics === undefined) return report;
      metrics.settleSeconds.observe((performance.now() - begun) / 1_000);
      metrics.settleBatch.observe(results.length);
      metrics.resultsFenced.inc(report.fenced.length);
      countResults(metrics, results);
      return report;
    },
    async tick() {
      const begun = performance.now();
      const report = await engine.tick();
      metrics?.tickSeconds.observe((performance.now() - begun) / 1_000);
      metrics?.attemptsLost.inc(report.reaped);
      return report;
    },
  };
}

/** After the claim: one that finds nothing, as most do that nobody woke, is no span. */
function noteClaim(tracing: Tracing, workerId: number, tasks: readonly ClaimedTask[]): void {
  tracing.begin('claim', spanOf(workerId, tasks)).end();
}

const taskOf = ({ task }: TaskResult<ClaimedTask>): ClaimedTask => task;

const spanOf = (workerId: number, tasks: readonly ClaimedTask[]): SpanStart => ({
  links: [...new Set(tasks.flatMap(({ execution }) => execution.traceparent ?? []))],
  attributes: { 'flow.worker': workerId, 'flow.tasks': tasks.length },
});

function countResults(metrics: Metrics, results: readonly TaskResult<ClaimedTask>[]): void {
  const counts = new Map<string, number>();
  for (const { outcome } of results) {
    const isRetried = outcome.status === 'failed' && outcome.retryInMs !== undefined;
    const status = isRetried ? 'retried' : outcome.status;
    counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  for (const [status, count] of counts) metrics.tasksSettled.inc({ status }, count);
  metrics.taskRetries.inc(counts.get('retried') ?? 0);
}
