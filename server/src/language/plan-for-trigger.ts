import type { Plan, PlannedTask } from './plan.ts';

/**
 * The tasks as they stand for a run that `inputTask` (a number) starts: it is then the only one that waits for nothing. Tasks that wait for
 * no other come after it, and so do the input tasks that were not triggered, which never run. Input tasks are numbered first, so that the
 * order stays topological for all but those.
 */
export function planForTrigger(plan: Plan, inputTask: number): PlannedTask[] {
  if (!plan.inputTasks.includes(inputTask)) throw new RangeError(`task ${inputTask} of the plan is not an input task`);
  const inputs = new Set(plan.inputTasks);
  return plan.tasks.map((task) => {
    if (task.number === inputTask || task.after.length > 0) return task;
    return { ...task, after: [inputs.has(task.number) ? { from: inputTask, never: true } : { from: inputTask }] };
  });
}
