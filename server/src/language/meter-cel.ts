import type { ASTNode } from '@marcbachmann/cel-js';
import { ResolutionError } from './resolution-error.ts';

/**
 * The library bounds how large an expression may be, not how long it may run: `l.map(a, l.map(b, l.map(c, ...)))` over a list of 1,000 is
 * a billion steps. So each node of a parsed expression is made to report its evaluation to a budget; what it makes is weighed as well.
 */
export interface CelBudget {
  spend(cost: number): void;
  reset(): void;
}

/** Steps of one evaluation: about 0.1 s of one core. */
const MAX_COST = 500_000;
/** Characters of a text that an expression builds: doubling one by `cel.bind` 60 times must not fill the memory. */
const MAX_TEXT = 10_000_000;

export function createBudget(): CelBudget {
  let spent = 0;
  return {
    reset() {
      spent = 0;
    },
    spend(cost) {
      spent += cost;
      if (spent > MAX_COST) throw new ResolutionError('cel_limit', 'The expression takes too many steps');
    },
  };
}

type Run = (evaluator: unknown, node: unknown, context: unknown) => unknown;
interface Evaluated {
  evaluate: Run;
}
/** What the library keeps in a node beside its public type: what it is really evaluated as. */
interface Meta {
  alternate?: Evaluated;
  macro?: Evaluated;
  evaluate: Run;
}
type MeteredNode = ASTNode & { meta: Meta; evaluate: Run };

const isNode = (value: unknown): value is MeteredNode =>
  typeof value === 'object' && value !== null && 'op' in value && 'meta' in value && 'args' in value;

/** Puts the meter into every node that an expression may evaluate, those that macros have made too. */
export function meterNodes(root: ASTNode, budget: CelBudget): void {
  const open: unknown[] = [root];
  const seen = new Set<unknown>();
  while (open.length > 0) {
    const at = open.pop();
    if (typeof at !== 'object' || at === null || seen.has(at)) continue;
    seen.add(at);
    if (isNode(at)) {
      open.push(at.args, at.meta.alternate, at.meta.macro);
      meterNode(at, budget);
    } else if (Array.isArray(at) || Object.getPrototypeOf(at) === Object.prototype) open.push(...Object.values(at));
  }
}

const MAKES_VALUES = new Set(['+', 'call', 'rcall']);

function meterNode(node: MeteredNode, budget: CelBudget): void {
  const { meta } = node;
  const weighs = MAKES_VALUES.has(node.op);
  const evaluate: Run = (evaluator, _node, context) => {
    budget.spend(1);
    const target = meta.alternate ?? meta.macro;
    const result = target ? target.evaluate(evaluator, target, context) : meta.evaluate(evaluator, node, context);
    if (weighs) weigh(result, budget);
    return result;
  };
  Object.defineProperty(node, 'evaluate', { value: evaluate });
}

function weigh(result: unknown, budget: CelBudget): void {
  if (Array.isArray(result)) budget.spend(result.length / 8);
  if (typeof result !== 'string') return;
  if (result.length > MAX_TEXT) throw new ResolutionError('cel_limit', `The expression makes a text of more than ${MAX_TEXT} characters`);
  budget.spend(result.length / 256);
}
