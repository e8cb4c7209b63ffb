import { type SpanAttributes, withinTrace } from '#base';
import type { ClaimedTask, TaskOutcome } from '#engine';
import type { Metrics, Tracing } from '#telemetry';
import type { NotRun } from './key-places.ts';
import type { Observers } from './observe-engine.ts';

type Answer = TaskOutcome | NotRun;

/**
 * Runs one attempt as a span of the trace that its run belongs to, and times it. Where this process writes no spans the run's trace is passed on
 * to whatever the attempt calls, unchanged. Without any of these it is `work`, and a branch.
 */
export function observeAttempt({ metrics, tracing }: Observers, task: ClaimedTask, work: () => Promise<Answer>): Promise<Answer> {
  const { traceparent } = task.execution;
  const within = tracing ? () => asSpan(tracing, task, work) : traceparent ? () => withinTrace({ traceparent }, work) : work;
  return metrics ? timed(metrics, task, within) : within();
}

/** The word for it: of the catalogue, so that there are few. A gate is the engine's own. */
export const executorOf = ({ planned }: Pick<ClaimedTask, 'planned'>): string => (planned.kind === 'gate' ? 'gate' : planned.executor);

const statusOf = (answer: Answer): string => (typeof answer === 'string' ? 'not_run' : answer.status);

async function timed(metrics: Metrics, task: ClaimedTask, work: () => Promise<Answer>): Promise<Answer> {
  const executor = executorOf(task);
  const begun = performance.now();
  countRunning(metrics, executor, 1);
  try {
    const answer = await work();
    metrics.taskSeconds.observe({ executor, status: statusOf(answer) }, (performance.now() - begun) / 1_000);
    return answer;
  } finally {
    countRunning(metrics, executor, -1);
  }
}

const countRunning = ({ running }: Metrics, executor: string, by: 1 | -1): void =>
  void running.set(executor, (running.get(executor) ?? 0) + by);

async function asSpan(tracing: Tracing, task: ClaimedTask, work: () => Promise<Answer>): Promise<Answer> {
  const parent = task.execution.traceparent;
  const span = tracing.begin(`task ${executorOf(task)}`, { kind: 'consumer', parent, attributes: attributesOf(task) });
  try {
    const answer = await withinTrace(span, work);
    span.note({ 'flow.status': statusOf(answer), 'flow.error_code': errorCodeOf(answer) });
    if (typeof answer === 'object' && answer.status === 'failed') span.fail();
    return answer;
  } finally {
    span.end();
  }
}

/** A code of ours. What an executor took from elsewhere may hold anything. */
const CODE = /^[a-z][a-z_]{1,50}$/;

function errorCodeOf(answer: Answer): string | undefined {
  if (typeof answer === 'string' || answer.status !== 'failed') return undefined;
  const code = String(answer.error['code']);
  return CODE.test(code) ? code : 'other';
}

/** Ids and words alone: what a task was given and gave may hold anything. */
const attributesOf = (task: ClaimedTask): SpanAttributes => ({
  'flow.organization_id': task.execution.organizationId,
  'flow.flow_id': task.execution.flowId,
  'flow.flow_execution_id': task.execution.id,
  'flow.task_execution_id': task.id,
  'flow.executor': executorOf(task),
  'flow.attempt': task.attempt,
});
