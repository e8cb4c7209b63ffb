// Outside workers (DESIGN.md, A run 9): they hold a waiting task by a token, of which the row has the hash alone. A token counts until another worker has
// claimed the task, which its ended lease allows, or until the task is over. Each claim opens an attempt: a result of an earlier one is fenced.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { conflict, type Id, type Json, type JsonObject } from '#base';
import { toTasks } from './claim-tasks.ts';
import type { ClaimRow } from './claimed-task.ts';
import type { EngineParts } from './engine-parts.ts';
import type { TaskOutcome } from './outcome.ts';
import { retryDelayMs } from './retry-delay.ts';
import { type EventReceipt, settleWaitingRow } from './settle-waiting.ts';
import { findWaitingRow, stillWaits, type WaitingRow, waitingTask } from './waiting-task.ts';

/** A task in the hands of an outside worker. */
export interface LeasedTask {
  id: Id;
  leaseToken: string;
  leaseUntil: Date;
  topic: string;
  flowId: Id;
  flowExecutionId: Id;
  generation: number;
  taskName: string;
  item: number;
  attempt: number;
  /** What the executor left for the worker when it chose to wait. */
  checkpoint: Json | undefined;
}

/** `error` as the wire has it; its `code` and `retryable` are what the task's retry policy asks for. */
export type LeasedOutcome = { status: 'completed'; output: Json; routes?: string[] } | { status: 'failed'; error: JsonObject };

/** `willRetry`: the task's policy has another attempt for it. */
export interface LeasedReceipt extends EventReceipt {
  willRetry: boolean;
}

const TOKEN_BYTES = 32;

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

/** Leases up to `max` tasks that wait under one of the topics, oldest first. */
export async function leaseTasks(
  parts: EngineParts,
  organizationId: Id,
  { topics, max, leaseMs }: { topics: readonly string[]; max: number; leaseMs: number },
): Promise<LeasedTask[]> {
  const tokens = Array.from({ length: max }, () => randomBytes(TOKEN_BYTES).toString('base64url'));
  const values = [organizationId, [...new Set(topics)], max, tokens.map(hashOf), leaseMs];
  const rows = await parts.run<ClaimRow & { k: number; topic: string; lease_until: Date }>('lease-tasks', values);
  const found = new Map(rows.map((row) => [row.id, row]));
  return (await toTasks(parts, rows)).map((task) => {
    const row = found.get(task.id) as (typeof rows)[number];
    return {
      id: task.id,
      leaseToken: tokens[row.k - 1] as string,
      leaseUntil: row.lease_until,
      topic: row.topic,
      flowId: task.execution.flowId,
      flowExecutionId: task.execution.id,
      generation: task.generation,
      taskName: task.planned.name,
      item: task.item,
      attempt: task.attempt,
      checkpoint: task.checkpoint,
    };
  });
}

/** The lease's new end, `leaseMs` from now. Throws not_found, or conflict for a stale token. */
export async function extendLease(
  parts: EngineParts,
  organizationId: Id,
  lease: { id: Id; token: string },
  leaseMs: number,
): Promise<Date> {
  const values = [organizationId, lease.id, hashOf(lease.token), leaseMs];
  const [extended] = await parts.run<{ lease_until: Date }>('extend-lease', values);
  if (extended !== undefined) return extended.lease_until;
  throw stale(await findWaitingRow(parts.run, organizationId, lease.id));
}

/**
 * Settles a task by the outside worker that holds it. A failure that is retryable is tried again as the task's policy says. Throws not_found, or
 * conflict with {status} for a stale token.
 */
export async function settleLeased(
  parts: EngineParts,
  organizationId: Id,
  lease: { id: Id; token: string },
  outcome: LeasedOutcome,
  actor: string,
): Promise<LeasedReceipt> {
  const row = await findWaitingRow(parts.run, organizationId, lease.id);
  if (!stillWaits(row) || !holds(row, lease.token)) throw stale(row);
  const settled = await toTaskOutcome(parts, row, outcome, actor);
  const receipt = await settleWaitingRow(parts, row, settled, actor);
  return { ...receipt, willRetry: settled.status === 'failed' && settled.retryInMs !== undefined };
}

const holds = ({ lease_hash: hash }: WaitingRow, token: string): boolean => hash !== null && timingSafeEqual(hash, hashOf(token));

async function toTaskOutcome(parts: EngineParts, row: WaitingRow, outcome: LeasedOutcome, actor: string): Promise<TaskOutcome> {
  if (outcome.status === 'completed')
    return { status: 'completed', output: JSON.stringify(outcome.output), routes: outcome.routes, modifiedBy: actor };
  const { error } = outcome;
  const policy = (await waitingTask(parts, row))?.planned.retry;
  const failure = { tries: row.tries, code: String(error['code'] ?? ''), retryable: error['retryable'] === true };
  return { status: 'failed', error, retryInMs: policy && retryDelayMs(policy, failure), modifiedBy: actor };
}

const stale = ({ task_status: status }: WaitingRow) =>
  conflict('The lease token is stale: another worker holds the task, or it no longer waits for one', { status });
