import { setTimeout as sleep } from 'node:timers/promises';
import type { Json } from '#base';
import type { ApiClient } from './api-client.ts';

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

interface WireTaskExecution {
  task_name: string;
  task_execution_idx: number;
  status: string;
  processing_status: string;
  started_at: string | null;
  completed_at: string | null;
  output: Json;
  error: { message?: string; code?: string } | null;
}

const ENDED = new Set(['completed', 'failed', 'cancelled', 'edited', 'stale', 'deleted']);
const POLL_MS = 120; // quick enough for an eye, slow enough for a server

export const hasEnded = (status: string): boolean => ENDED.has(status);

/**
 * Follows an execution to its end, and calls `onChange` with every state seen, its tasks in the order given. Stops early when it waits for a
 * person or an event.
 */
export async function watchExecution(
  client: ApiClient,
  executionId: string,
  order: readonly { name: string }[],
  onChange: (state: WatchedExecution) => void,
  signal: AbortSignal,
): Promise<WatchedExecution> {
  for (;;) {
    signal.throwIfAborted();
    const execution = await client.json<{ status: string }>('GET', `/api/flow-executions/${executionId}`);
    const { task_executions } = await client.json<{ task_executions: WireTaskExecution[] }>(
      'GET',
      `/api/task-executions?flow_execution_id=${executionId}`,
    );
    const state = { id: executionId, status: execution.status, tasks: groupByTask(task_executions, order) };
    onChange(state);
    if (hasEnded(state.status) || state.status === 'awaiting_input') return state;
    await sleep(POLL_MS, undefined, { signal });
  }
}

/** One line a task: items of a fan-out are counted, their times joined. */
function groupByTask(rows: WireTaskExecution[], order: readonly { name: string }[]): WatchedTask[] {
  const tasks = new Map<string, WireTaskExecution[]>(order.map(({ name }) => [name, []]));
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
        output: sorted.length === 1 ? (sorted[0]?.output ?? null) : sorted.map((row) => row.output),
        error: worst?.error ?? null,
      };
    });
}
