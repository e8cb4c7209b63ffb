import type { ASTNode } from '@marcbachmann/cel-js';

/** A name that an expression or template takes from its scope, and what follows it as far as it is written out: `tasks["a"].b[0]`. */
export interface ExpressionReference {
  root: string;
  path: (string | number)[];
  /** Character of the source. */
  offset: number;
}

/** Macros whose first argument names a variable that the others may use. */
const BINDING = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

interface Walk {
  found: ExpressionReference[];
  isConstant: (name: string) => boolean;
}

/** The free names of an expression: variables of its macros are not among them. */
export function walkCel(root: ASTNode, isConstant: (name: string) => boolean): ExpressionReference[] {
  const walk: Walk = { found: [], isConstant };
  visit(root, new Set(), walk);
  return walk.found;
}

const isNode = (value: unknown): value is ASTNode => typeof value === 'object' && value !== null && 'op' in value && 'args' in value;

function visit(node: unknown, bound: ReadonlySet<string>, walk: Walk): void {
  if (Array.isArray(node)) for (const entry of node) visit(entry, bound, walk);
  if (!isNode(node) || addPath(node, bound, walk)) return;
  if (node.op === 'rcall') visitCall(node.args, bound, walk);
  else visit(node.args, bound, walk);
}

function visitCall([method, receiver, args]: [string, ASTNode, ASTNode[]], bound: ReadonlySet<string>, walk: Walk): void {
  visit(receiver, bound, walk);
  const [first, ...rest] = args;
  const isBind = method === 'bind' && receiver.op === 'id' && receiver.args === 'cel';
  if (first?.op === 'id' && (isBind || BINDING.has(method))) {
    if (isBind) visit(rest[0], bound, walk);
    visit(isBind ? rest.slice(1) : rest, new Set([...bound, first.args]), walk);
  } else visit(args, bound, walk);
}

/** A name with the fields and literal indexes behind it; true where the node was one. Indexes that are expressions are visited for themselves. */
function addPath(node: ASTNode, bound: ReadonlySet<string>, walk: Walk): boolean {
  const path: (string | number)[] = [];
  let at = node;
  const computed: ASTNode[] = [];
  while (at.op === '.' || at.op === '[]') {
    const key = at.op === '.' ? at.args[1] : literalKey(at.args[1]);
    if (key === undefined) {
      path.length = 0; // what follows a computed index is not written out
      computed.push(at.args[1] as ASTNode);
    } else path.unshift(key);
    at = at.args[0];
  }
  if (at.op !== 'id') return false;
  visit(computed, bound, walk);
  if (!bound.has(at.args) && !walk.isConstant(at.args)) walk.found.push({ root: at.args, path, offset: at.start });
  return true;
}

function literalKey(node: ASTNode): string | number | undefined {
  if (node.op !== 'value') return undefined;
  if (typeof node.args === 'bigint') return Number(node.args);
  return typeof node.args === 'string' ? node.args : undefined;
}
