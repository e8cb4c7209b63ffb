import { createLog, type JsonObject } from '#base';
import type { ClaimedTask, CompiledPlan } from '#engine';
import { type Catalogue, catalogue, type Executor, type ExecutorContext, type Outcome } from '#executors';
import { type Plan, parseDefinition, planFlow } from '#language';

export const silent = createLog({ level: 'silent' });

export const receive = { name: 'receive', task_executor_name: 'receive_file', parameters: {} };

/** The platform's executors and one more, which a test writes. */
export const catalogueWith = (executor: Executor): Catalogue => ({
  get: (name) => (name === executor.name ? executor : catalogue.get(name)),
  list: () => [...catalogue.list(), executor],
});

/** An executor of a test, under the name `work`. */
export const workOf = (
  run: (parameters: JsonObject, context: ExecutorContext) => Promise<Outcome>,
  more: Partial<Executor> = {},
): Executor => ({
  name: 'work',
  title: 'Work',
  description: 'An executor of a test.',
  agentPrompt: 'For tests.',
  isInput: false,
  isSchedulable: false,
  parametersSchema: { type: 'object' },
  flowInputSchema: null,
  outputSchema: () => ({}),
  defaultReferenceMode: 'single',
  pure: false,
  defaultTimeoutMs: 30_000,
  example: { definition: '', input: {} },
  run,
  ...more,
});

/** The plan of these tasks. */
export function planOf(tasks: unknown[], executors: Catalogue = catalogue): Plan {
  const planned = planFlow(parseDefinition({ name: 'flow', tasks }).definition, executors);
  if ('faults' in planned) throw new Error(`the flow of the test does not plan: ${JSON.stringify(planned.faults)}`);
  return planned.plan;
}

/** A task of the plan in a worker's hands, in its first attempt unless said otherwise. */
export function claimed(plan: Plan, number: number, more: Partial<ClaimedTask> & { input?: JsonObject } = {}): ClaimedTask {
  const { input = {}, ...rest } = more;
  const planned = plan.tasks[number];
  if (!planned) throw new Error(`the plan of the test has no task ${number}`);
  return {
    execution: {
      organizationId: 'o',
      id: 'e',
      generation: 0,
      flowId: 'f',
      flowVersionId: 'v',
      flowVersion: 3,
      runNumber: 7,
      firstTask: 0,
      rank: 0,
      input,
      createdAt: new Date('2026-03-14T09:00:00Z'),
    },
    plan: { tasks: [], first: 0, openEnds: 1 } satisfies CompiledPlan,
    planned,
    id: `t${number}`,
    item: 0,
    generation: 0,
    attempt: 1,
    tries: 0,
    losses: 0,
    lane: '',
    stopped: false,
    verdict: 'run',
    startedAt: new Date('2026-03-14T09:00:01Z'),
    itemValue: undefined,
    checkpoint: undefined,
    decision: undefined,
    known: new Map(),
    ...rest,
  };
}
