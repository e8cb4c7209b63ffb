// Definitions of what the bench runs, made of its executors.
import type { JsonObject } from '../server/src/base/index.ts';

export const INPUT_TASK = 't0';

const inputTask = { name: INPUT_TASK, task_executor_name: 'bench_input', parameters: {} };

const flow = (...tasks: JsonObject[]): JsonObject => ({ name: 'Bench', tasks: [inputTask, ...tasks] });

/** A chain of this many tasks, each of which reads the one before it. */
export function chainDefinition(length: number, { pure = false } = {}): JsonObject {
  const steps = Array.from({ length: length - 1 }, (_, i) => ({
    name: `t${i + 1}`,
    task_executor_name: pure ? 'bench_pure_step' : 'bench_step',
    parameters: { after: `{{t${i}.v}}` },
  }));
  return flow(...steps);
}

/** One task that takes a while without working. */
export const pauseDefinition = (): JsonObject => ({
  name: 'Bench',
  tasks: [{ name: INPUT_TASK, task_executor_name: 'bench_pause', parameters: {} }],
});

/** A list of `count` numbers, a task for each that adds one, and a task that sums all of them up. */
export const fanOutDefinition = (count: number): JsonObject =>
  flow(
    { name: 'list', task_executor_name: 'bench_list', parameters: { count }, depends_on: [INPUT_TASK] },
    { name: 'each', task_executor_name: 'bench_step', for_each: '{{list.items}}', parameters: { after: '{{item}}' } },
    { name: 'sum', task_executor_name: 'bench_sum', parameters: { values: '{{each.v}}' } },
  );

/** The input, then a task that waits for an event, then a step. */
export const waitingDefinition = (): JsonObject =>
  flow(
    { name: 't1', task_executor_name: 'bench_event', parameters: { after: `{{${INPUT_TASK}.v}}` } },
    { name: 't2', task_executor_name: 'bench_step', parameters: { after: '{{t1.v}}' } },
  );

/** The input, then a task whose output is a text of so many bytes. */
export const textDefinition = (bytes: number): JsonObject =>
  flow({ name: 'text', task_executor_name: 'bench_text', parameters: { bytes }, depends_on: [INPUT_TASK] });
