import type { JsonObject } from '#base';
import { evaluateCel } from '#language';
import type { Outcome, TaskValues } from './contract.ts';
import { failed, messageOf } from './outcomes.ts';

/** One condition of several: what people call it, and where it stands among the parameters. */
export interface Condition {
  /** `route 'large'`, for messages. */
  label: string;
  /** `parameters.routes.0.when`. */
  place: string;
  cel: string;
}

/** Milliseconds that the conditions of one task may take together: each is bounded by its steps, and they hold the process's one thread. */
const MAX_MS = 1000;

/** Judges the conditions of one task, one after another. */
export function createJudge(values: TaskValues) {
  const startedAt = performance.now();
  /** True or false; or the failed outcome `expression_error`, which names the condition and its place. */
  return ({ label, place, cel }: Condition): boolean | { outcome: Outcome } => {
    const details: JsonObject = { condition: label, place };
    if (performance.now() - startedAt > MAX_MS) {
      return { outcome: failed('expression_error', `The conditions take too long together; ${label} was not judged`, { details }) };
    }
    try {
      const result = evaluateCel(cel, values);
      if (typeof result === 'boolean') return result;
      const given = JSON.stringify(result).slice(0, 100);
      return { outcome: failed('expression_error', `The condition of ${label} must give true or false, not ${given}`, { details }) };
    } catch (error) {
      return { outcome: failed('expression_error', `The condition of ${label} could not be judged: ${messageOf(error)}`, { details }) };
    }
  };
}
