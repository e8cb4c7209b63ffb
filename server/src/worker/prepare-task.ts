import type { Json, JsonObject } from '#base';
import { errorRecord, type FusedOutcome, type TaskOutcome } from '#engine';
import type { Outcome } from '#executors';
import { type Plan, ResolutionError, type TaskScope } from '#language';
import { isLarge } from './store-large-output.ts';

export type Prepared =
  | { outcome: Extract<TaskOutcome, { status: 'skipped' | 'failed' }> }
  | {
      parameters: JsonObject;
      /** What is stored of them: secrets as they were written, never opened. The same object where the task names none. */
      input: JsonObject;
      items: Json[];
    };

/**
 * Condition, then references. A fault in either is the flow's own, so it is never retried. Parameters that name secrets are resolved twice: with
 * them for the run, without them for what is stored.
 */
export function prepareTask(plan: Plan, number: number, scope: TaskScope, secrets: TaskScope['secrets'] = {}): Prepared {
  const resolver = plan.resolve.get(number);
  let input: JsonObject | undefined;
  try {
    if (resolver?.when && !resolver.when(scope)) return { outcome: { status: 'skipped' } };
    const items = resolver?.items?.(scope) ?? [];
    input = (resolver?.parameters(scope) ?? {}) as JsonObject;
    if (!resolver || resolver.secrets.length === 0) return { parameters: input, input, items };
    return { parameters: resolver.parameters({ ...scope, secrets }) as JsonObject, input, items };
  } catch (error) {
    const stored = input === undefined ? {} : { input: JSON.stringify(input) };
    return { outcome: { status: 'failed', error: referenceFault(error), ...stored } };
  }
}

/** The error of a task whose references or expressions could not be resolved. */
export function referenceFault(error: unknown): JsonObject {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof ResolutionError ? error.code : 'reference_error';
  return errorRecord({ code, message, retryable: false });
}

/**
 * A computed outcome as one that may be settled in passing; undefined for what a worker has to repeat: a failure, to report it, and an output
 * that is too large for its row, to store it.
 */
export function fusedOutcome(outcome: Outcome): FusedOutcome | undefined {
  if (outcome.status !== 'completed') return undefined;
  const output = JSON.stringify(outcome.output);
  return isLarge(output) ? undefined : { status: 'completed', output, summary: outcome.summary, routes: outcome.routes };
}
