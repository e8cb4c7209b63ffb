import { type components, type FlowClient, hasEnded, type RunState, watchRun } from '@flow-platform/sdk';
import type { Json } from '#base';

export interface WatchedTask {
  name: string;
  status: string;
  /** Items done and all items, where the task fanned out. */
  items: { done: number; all: number };
  durationMs: number | undefined;
  output: Json;
  error: { message?: string; code?: string } | null;
  summary?: Json;
}

export interface WatchedExecution {
  id: string;
  status: string;
  tasks: WatchedTask[];
}

type TaskExecution = components['schemas']['TaskExecutionAPI'];

/**
 * Follows an execution to its end, and calls `onChange` with every state seen, its tasks in the order given. Stops early when it waits for a
 * person or an event.
 */
export async function watchExecution(
  client: FlowClient,
  executionId: string,
  order: readonly { name: string }[],
  onChange: (state: WatchedExecution) => void,
  signal: AbortSignal,
): Promise<WatchedExecution> {
  const toWatched = ({ run, tasks }: RunState): WatchedExecution => ({ id: run.id, status: run.status, tasks: groupByTask(tasks, order) });
  return toWatched(await watchRun(client, executionId, { onChange: (state) => onChange(toWatched(state)), signal }));
}

/** One line a task: items of a fan-out are counted, their times joined. */
function groupByTask(rows: TaskExecution[], order: readonly { name: string }[]): WatchedTask[] {
  const tasks = new Map<string, TaskExecution[]>(order.map(({ name }) => [name, []]));
  for (const row of rows) tasks.set(row.task_name, [...(tasks.get(row.task_name) ?? []), row]);
  return [...tasks]
    .filter(([, items]) => items.length > 0)
    .map(([name, items]) => {
      const sorted = items.sort((a, b) => a.task_execution_idx - b.task_execution_idx);
      const done = sorted.filter((row) => hasEnded(row.processing_status)).length;
      const worst =
        sorted.find((row) => row.processing_status === 'failed') ?? sorted.find((row) => !hasEnded(row.processing_status)) ?? sorted[0];
      const starts = sorted.flatMap((row) => (row.started_at ? [Date.parse(row.started_at)] : []));
      const ends = sorted.flatMap((row) => (row.completed_at ? [Date.parse(row.completed_at)] : []));
      return {
        name,
        status: worst?.status ?? 'queued',
        items: { done, all: sorted.length },
        durationMs:
          starts.length > 0
            ? (done === sorted.length && ends.length > 0 ? Math.max(...ends) : Date.now()) - Math.min(...starts)
            : undefined,
        output: (sorted.length === 1 ? (sorted[0]?.output ?? null) : sorted.map((row) => row.output)) as Json,
        error: worst?.error ?? null,
      };
    });
}
