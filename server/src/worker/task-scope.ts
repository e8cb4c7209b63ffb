import type { Json } from '#base';
import type { ClaimedTask } from '#engine';
import type { ReferenceMode, TaskScope } from '#language';

/** What a task reads of one predecessor: its items in order, undefined where an item gave nothing. */
export interface ReadValues {
  name: string;
  mode: ReferenceMode;
  values: readonly (Json | undefined)[];
}

/** Binds what a task refers to: names, one value or the list, and the run itself. */
export function taskScope(task: Pick<ClaimedTask, 'execution' | 'itemValue'>, inputs: readonly ReadValues[]): TaskScope {
  const tasks: Record<string, Json> = Object.create(null);
  for (const { name, mode, values } of inputs) {
    tasks[name] = mode === 'collection' ? values.map((value) => value ?? null) : (values[0] ?? null);
  }
  const { execution } = task;
  return {
    tasks,
    input: execution.input,
    ...(task.itemValue === undefined ? {} : { item: task.itemValue }),
    execution: {
      id: execution.id,
      flow_id: execution.flowId,
      flow_version: execution.flowVersion,
      run_number: execution.runNumber,
      organization_id: execution.organizationId,
      created_at: execution.createdAt.toISOString(),
    },
  };
}
