import { type ASTNode, TypeError as CelTypeError, Environment, EvaluationError, ParseError, type ParseResult } from '@marcbachmann/cel-js';
import { RE2JS } from 're2js';
import type { Json } from '#base';
import { toJson } from './cel-values.ts';
import { type ExpressionReference, walkCel } from './find-cel-references.ts';
import { createBudget, meterNodes } from './meter-cel.ts';
import { ResolutionError } from './resolution-error.ts';
import { type ExpressionScope, rootValue } from './scope-roots.ts';

export interface CompiledCel {
  source: string;
  references: ExpressionReference[];
  /** What the checker knows of the result: `bool`, `string`, ...; `dyn` where it depends on values. */
  type: string;
  /** Throws a ResolutionError: `cel_evaluation`, `cel_limit` or `cel_result`. */
  evaluate(scope: ExpressionScope): Json;
}

const MAX_LENGTH = 10_000;
const LIMITS = { maxAstNodes: 2000, maxDepth: 64, maxListElements: 500, maxMapEntries: 500, maxCallArguments: 16 };

const environment = createEnvironment();

/**
 * Values of JSON reach an expression as doubles, while `1` in it is an int: CEL has no operator over both, so these are given. Patterns
 * are RE2's, as CEL says: the library's own `matches` takes JavaScript's, which some texts make run for hours.
 */
function createEnvironment(): Environment {
  const made = new Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false, limits: LIMITS });
  const mixed = ['int', 'double', 'double', 'int'];
  const operators: Record<string, (a: number, b: number) => number> = {
    '+': (a, b) => a + b,
    '-': (a, b) => a - b,
    '*': (a, b) => a * b,
    '/': (a, b) => a / b,
    '%': (a, b) => a % b,
  };
  for (const [sign, operator] of Object.entries(operators)) {
    for (const i of [0, 2]) {
      made.registerOperator(`${mixed[i]} ${sign} ${mixed[i + 1]}: double`, (a, b) => operator(Number(a), Number(b)));
    }
  }
  made.registerOperator('double % double: double', (a, b) => a % b);
  made.registerFunction('string.matchesRe2(string): bool', (text: string, pattern: string) => RE2JS.compile(pattern).matcher(text).find());
  return made;
}

/** Parses and checks an expression. Throws a ResolutionError `cel_syntax` or `cel_type`, with the character. */
export function compileCel(source: string): CompiledCel {
  if (source.length > MAX_LENGTH) throw new ResolutionError('cel_limit', `An expression has at most ${MAX_LENGTH} characters`);
  const { parsed, references, type } = translated(() => {
    const result = environment.parse(source);
    const found = walkCel(result.ast, (name) => environment.hasVariable(name));
    replaceMatches(result.ast);
    return { parsed: result, references: found, type: checkedType(result) };
  });
  const budget = createBudget();
  meterNodes(parsed.ast, budget);
  const roots = [...new Set(references.map((reference) => reference.root))];
  return {
    source,
    references,
    type,
    evaluate(scope) {
      budget.reset();
      return translated(() => toJson(parsed(bind(roots, scope)), budget.spend));
    },
  };
}

/** Only what the expression names is bound: a value of 10 MB that it does not use costs nothing. */
function bind(roots: string[], scope: ExpressionScope): Map<string, unknown> {
  const bound = new Map<string, unknown>();
  for (const root of roots) {
    const value = rootValue(root, scope);
    if (value !== undefined) bound.set(root, value);
  }
  return bound;
}

function checkedType(parsed: ParseResult): string {
  const checked = parsed.check();
  if (!checked.valid) throw checked.error ?? new Error('The expression cannot be checked');
  return checked.type ?? 'dyn';
}

function replaceMatches(root: ASTNode): void {
  const open: unknown[] = [root];
  while (open.length > 0) {
    const at = open.pop();
    if (Array.isArray(at)) open.push(...at);
    else if (typeof at === 'object' && at !== null && 'op' in at && 'args' in at) {
      const { op, args } = at as ASTNode;
      if (op === 'rcall' && args[0] === 'matches') (args as unknown[])[0] = 'matchesRe2';
      open.push(args);
    }
  }
}

/** The library's errors, told as ours; anything else that an expression can cause (stack, pattern) too. */
function translated<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof ResolutionError) throw error;
    const code = error instanceof ParseError ? 'cel_syntax' : error instanceof CelTypeError ? 'cel_type' : 'cel_evaluation';
    if (error instanceof ParseError || error instanceof CelTypeError || error instanceof EvaluationError) {
      const offset = error.range?.start;
      const where = offset === undefined ? '' : ` (character ${offset + 1})`;
      throw new ResolutionError(code, `${error.summary}${where}`, { ...(offset === undefined ? {} : { offset }), cause: error });
    }
    if (error instanceof RangeError) throw new ResolutionError('cel_limit', 'The expression is nested too deep', { cause: error });
    throw new ResolutionError(code, error instanceof Error ? error.message : String(error), { cause: error });
  }
}

const MAX_CACHED = 500;
const cache = new Map<string, CompiledCel>();

/** Evaluates an expression over the values of a scope. Throws a ResolutionError. Compiled expressions are kept (the newest 500). */
export function evaluateCel(source: string, scope: ExpressionScope): Json {
  let compiled = cache.get(source);
  if (!compiled) {
    compiled = compileCel(source);
    if (cache.size >= MAX_CACHED) cache.delete(cache.keys().next().value as string);
    cache.set(source, compiled);
  }
  return compiled.evaluate(scope);
}
