import type { Json } from '#base';
import { type ClaimedTask, type FusedOutcome, type FuseTask, placeKey, type Settled, visibleItems } from '#engine';
import type { Catalogue } from '#executors';
import type { Plan, PlannedTask } from '#language';
import type { Tracing } from '#telemetry';
import { executorOf } from './observe-attempt.ts';
import { fusedOutcome, prepareTask } from './prepare-task.ts';
import { type ReadValues, taskScope } from './task-scope.ts';

/**
 * Settles gates and pure tasks within the settle of what precedes them, so that they cost no claim of their own: possible where all that they
 * read was settled in the same call. What cannot be settled so, and every fault, is left to a worker, which reports it in full.
 */
export function createFuse(catalogue: Catalogue, planOf: (flowVersionId: string) => Plan | undefined, tracing?: Tracing): FuseTask {
  return (planned, place, settled, source) => {
    const plan = planOf(source.execution.flowVersionId);
    const inputs = plan && readSettled(plan, planned, place.item, settled);
    if (!plan || !inputs) return undefined;
    try {
      const outcome = compute(catalogue, plan, planned, place.itemValue, source, inputs);
      if (tracing && outcome) noteFused(tracing, planned, source, outcome);
      return outcome;
    } catch {
      return undefined;
    }
  };
}

/** No time of its own: it was done within the settle that is under way. */
function noteFused(tracing: Tracing, planned: PlannedTask, { execution }: ClaimedTask, { status }: FusedOutcome): void {
  const attributes = {
    'flow.organization_id': execution.organizationId,
    'flow.flow_id': execution.flowId,
    'flow.flow_execution_id': execution.id,
    'flow.executor': executorOf({ planned }),
    'flow.status': status,
    'flow.fused': true,
  };
  tracing.begin(`task ${executorOf({ planned })}`, { parent: execution.traceparent, attributes }).end();
}

function compute(
  catalogue: Catalogue,
  plan: Plan,
  planned: PlannedTask,
  itemText: string | undefined,
  source: ClaimedTask,
  inputs: ReadValues[],
): FusedOutcome | undefined {
  if (planned.concurrency) return undefined; // a worker takes its place
  const itemValue = itemText === undefined ? undefined : (JSON.parse(itemText) as Json);
  const scope = taskScope({ execution: source.execution, itemValue }, inputs);
  const prepared = prepareTask(plan, planned.number, scope);
  if ('outcome' in prepared) return prepared.outcome.status === 'skipped' ? { status: 'skipped' } : undefined;
  if (planned.kind === 'gate') return { status: 'completed', items: prepared.items };
  const executor = catalogue.get(planned.executor);
  if (plan.resolve.get(planned.number)?.secrets.length) return undefined; // only a worker opens them
  return executor?.compute ? fusedOutcome(executor.compute(prepared.parameters, scope)) : undefined;
}

/** What the task reads, if all of it was settled in this call and is in memory. */
function readSettled(plan: Plan, planned: PlannedTask, item: number, settled: Settled): ReadValues[] | undefined {
  const inputs: ReadValues[] = [];
  for (const { task: from, mode } of planned.reads) {
    const source = plan.tasks[from];
    if (!source || source.scope.length > planned.scope.length) return undefined; // a collection: its items may be in the database
    const { low } = visibleItems(item, planned.scope.length, source.scope.length);
    const found = settled.get(placeKey(from, low));
    if (!found || found.outputKey !== undefined) return undefined;
    const value = found.status === 'completed' && found.output !== undefined ? (JSON.parse(found.output) as Json) : undefined;
    inputs.push({ name: source.name, mode, values: [value] });
  }
  return inputs;
}
