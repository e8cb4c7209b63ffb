import type { components } from './api.ts';
import { dataOf, type FlowClient } from './create-flow-client.ts';
import { pause } from './patient-fetch.ts';

type Run = components['schemas']['FlowExecutionResponse'];

export interface RunState {
  run: Run;
  tasks: components['schemas']['TaskExecutionAPI'][];
}

const ENDED: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled', 'edited', 'stale', 'deleted']);
const POLL_MS = 120; // quick enough for an eye, slow enough for a server

/** Whether a run, or a task execution, with this status is over. */
export const hasEnded = (status: string): boolean => ENDED.has(status);

export interface StartOptions {
  flowId: string;
  input: Record<string, unknown>;
  /** Which input task, where the flow has several. */
  inputTaskName?: string;
  /** Seconds that the server may wait for the end before it answers, at most 60. */
  waitSeconds?: number;
  /** Makes the call repeatable: the same key starts one run. */
  idempotencyKey?: string;
}

/** Starts a run of the flow's latest version. Throws ApiError: where the input is wrong, details say what. */
export function startRun(client: FlowClient, { flowId, input, inputTaskName, waitSeconds, idempotencyKey }: StartOptions): Promise<Run> {
  const headers: Record<string, string> = {
    ...(waitSeconds === undefined ? {} : { Prefer: `wait=${waitSeconds}` }),
    ...(idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey }),
  };
  const body = { flow_id: flowId, input, ...(inputTaskName === undefined ? {} : { input_task_name: inputTaskName }) };
  return dataOf(client.api.POST('/api/flow-executions', { body, headers })) as Promise<Run>;
}

/**
 * Follows a run to its end, and calls `onChange` with every state that it sees. Stops early when it waits for a person or an event.
 * Rejects with the signal's reason where that ends it; throws ApiError.
 */
export async function watchRun(
  client: FlowClient,
  runId: string,
  { onChange, signal }: { onChange?: (state: RunState) => void; signal?: AbortSignal } = {},
): Promise<RunState> {
  for (;;) {
    const run = (await dataOf(
      client.api.GET('/api/flow-executions/{flow_execution_id}', { params: { path: { flow_execution_id: runId } } }),
    )) as Run;
    const { task_executions: tasks } = await dataOf(
      client.api.GET('/api/task-executions', { params: { query: { flow_execution_id: runId } } }),
    );
    const state = { run, tasks };
    onChange?.(state);
    if (hasEnded(run.status) || run.status === 'awaiting_input') return state;
    await pause(POLL_MS, signal);
  }
}
