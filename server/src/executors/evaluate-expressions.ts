import type { JsonObject } from '#base';
import { evaluateCel, renderLiquid } from '#language';
import type { Outcome, TaskValues } from './contract.ts';
import { failed, messageOf } from './outcomes.ts';

/** One expression of several: what people call what it belongs to, and where it stands among the parameters. */
export interface Expression {
  /** `route 'large'`, for messages. */
  label: string;
  /** `parameters.routes.0.when`. */
  place: string;
  source: string;
}

export interface Evaluation {
  /** True or false; or the failed outcome `expression_error`, which names the expression and its place. */
  condition(expression: Expression): boolean | { outcome: Outcome };
  /** A rendered Liquid template; or the failed outcome `template_error`. */
  text(expression: Expression): string | { outcome: Outcome };
}

/** Milliseconds that the expressions of one task may take together: each is bounded alone, and they hold the process's one thread. */
const MAX_MS = 1000;

/** Evaluates the conditions and texts of one task, one after another. */
export function createEvaluation(values: TaskValues): Evaluation {
  const startedAt = performance.now();
  const evaluate = <T>(kind: 'condition' | 'text', { label, place }: Expression, work: () => T): T | { outcome: Outcome } => {
    const details: JsonObject = { expression: label, place };
    const code = kind === 'condition' ? 'expression_error' : 'template_error';
    try {
      if (performance.now() - startedAt > MAX_MS) throw new Error('the expressions of the task take too long together');
      return work();
    } catch (error) {
      return { outcome: failed(code, `The ${kind} of ${label} (${place}) could not be evaluated: ${messageOf(error)}`, { details }) };
    }
  };
  return {
    condition: (expression) =>
      evaluate('condition', expression, () => {
        const result = evaluateCel(expression.source, values);
        if (typeof result === 'boolean') return result;
        throw new TypeError(`it must give true or false, not ${JSON.stringify(result).slice(0, 100)}`);
      }),
    text: (expression) => evaluate('text', expression, () => renderLiquid(expression.source, values)),
  };
}
