import type { Json, JsonSchema } from '#base';
import { type Scopes, startsWith } from './assign-scopes.ts';
import type { Use } from './collect-uses.ts';
import type { Faults } from './fault.ts';
import { isWhole, type Reference } from './find-references.ts';
import { fieldsOf, findSchema, typesOf } from './find-schema.ts';
import { isGateUse, type Node } from './graph.ts';
import { type Path, printPath } from './read-path.ts';

const EXECUTION: JsonSchema = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    flow_id: { type: 'string' },
    flow_version: { type: 'integer' },
    run_number: { type: 'integer' },
    organization_id: { type: 'string' },
    created_at: { type: 'string' },
  },
  additionalProperties: false,
};

interface Checking {
  nodes: Node[];
  byName: Map<string, Node>;
  scopes: Scopes;
  inputSchema: JsonSchema;
  faults: Faults;
}

/** Every reference against the schema of what it refers to, and every whole reference against the schema of the place where it stands. */
export function checkReferences(nodes: Node[], scopes: Scopes, faults: Faults): void {
  const byName = new Map(nodes.toReversed().map((node) => [node.task.name, node]));
  const checking: Checking = { nodes, byName, scopes, inputSchema: inputSchemaOf(nodes), faults };
  for (const node of nodes) for (const use of node.uses) checkUse(node, use, checking);
}

/** What a run's input may hold: with several input tasks, what any of them takes. */
export function inputSchemaOf(nodes: Node[]): JsonSchema {
  const schemas = nodes.flatMap((node) => node.inputSchema ?? []);
  return schemas.length === 1 ? (schemas[0] as JsonSchema) : schemas.length === 0 ? {} : { anyOf: schemas };
}

function checkUse(node: Node, use: Use, checking: Checking): void {
  for (const reference of use.references) {
    const schema = checkReference(node, use, reference, checking);
    if (schema && use.template && isWhole(use.template)) checkType(node, use, reference, schema, checking.faults);
  }
}

/** The schema of what a reference gives, as far as it is known; undefined where it is not, or where the reference is faulty. */
function checkReference(node: Node, use: Use, reference: Reference, checking: Checking): JsonSchema | undefined {
  const { root, path } = reference;
  switch (root.kind) {
    case 'task': {
      const source = checking.byName.get(root.task);
      return source && checkPath(use, reference, outputSchemaFor(node, use, source, checking), taskPath(source, path), checking.faults);
    }
    case 'input':
      return checkPath(use, reference, checking.inputSchema, path, checking.faults);
    case 'execution':
      return checkPath(use, reference, EXECUTION, path, checking.faults);
    case 'item':
      return checkItem(node, use, reference, checking);
    case 'secrets':
      return checkSecret(use, path, checking.faults);
  }
}

/** `output` is the whole output, unless the task has a field of that name. */
export function taskPath(source: Node, path: Path): Path {
  if (path[0] !== 'output') return path;
  return fieldsOf(source.outputSchema).includes('output') ? path : path.slice(1);
}

/** A collection is a list; a path into it that does not begin with an index is taken of each of its items. */
interface Output {
  schema: JsonSchema;
  isCollection: boolean;
}

function outputSchemaFor(node: Node, use: Use, source: Node, { scopes }: Checking): Output {
  return { schema: source.outputSchema, isCollection: !startsWith(scopeOfUse(node, use, scopes), scopes.inner[source.index] ?? []) };
}

export const scopeOfUse = (node: Node, use: Use, scopes: Scopes): readonly number[] =>
  (isGateUse(node, use) ? scopes.outer[node.index] : scopes.inner[node.index]) ?? [];

function checkPath(use: Use, reference: Reference, of: JsonSchema | Output, path: Path, faults: Faults): JsonSchema | undefined {
  const { schema, isCollection } = 'isCollection' in of ? (of as Output) : { schema: of, isCollection: false };
  const isIndexed = isCollection && typeof path[0] === 'number';
  if (isCollection && use.cel && path.length > 0 && !isIndexed) {
    const message = `'${reference.text}': this is the list of all items here; take one by [0], or each by .map(i, i${printPath(['', ...path])})`;
    faults.add(use.loc, 'reference_type', message);
    return undefined;
  }
  const found = pathSchema(use, reference, schema, isIndexed ? path.slice(1) : path, faults);
  return isCollection && !isIndexed ? { type: 'array', ...(found ? { items: found } : {}) } : found;
}

function pathSchema(use: Use, reference: Reference, schema: JsonSchema, path: Path, faults: Faults): JsonSchema | undefined {
  const found = findSchema(schema, path);
  if (found !== 'absent') return found === 'unknown' ? undefined : found;
  const depth = path.findIndex((_, i) => findSchema(schema, path.slice(0, i + 1)) === 'absent');
  const parent = findSchema(schema, path.slice(0, depth));
  const known = typeof parent === 'object' ? fieldsOf(parent) : [];
  const key = String(path[depth]);
  const list = known.length > 0 ? `; there are ${known.join(', ')}` : '';
  const message = `'${reference.text}': there is no ${printPath(path.slice(0, depth + 1))}${faults.suggest(key, known)}${list}`;
  faults.add(use.loc, 'unknown_field', message, { input: reference.text });
  return undefined;
}

function checkItem(node: Node, use: Use, reference: Reference, checking: Checking): JsonSchema | undefined {
  const gate = scopeOfUse(node, use, checking.scopes).at(-1);
  if (gate === undefined) {
    const message = 'item is known only in a task with for_each, and in tasks that run once for each of its items';
    checking.faults.add(use.loc, 'item_outside_for_each', message, { input: reference.text });
    return undefined;
  }
  const schema = itemSchemaOf(checking.nodes[gate] as Node, checking);
  return schema && checkPath(use, reference, schema, reference.path, checking.faults);
}

/** What one item of a fan-out looks like: from the schema of the list that is referred to. */
function itemSchemaOf(gate: Node, checking: Checking): JsonSchema | undefined {
  const use = gate.uses.find((candidate) => candidate.part === 'for_each');
  const reference = use?.references[0];
  if (!use || reference?.root.kind !== 'task') return undefined;
  const source = checking.byName.get(reference.root.task);
  if (!source) return undefined;
  const { schema, isCollection } = outputSchemaFor(gate, use, source, checking);
  const path = taskPath(source, reference.path);
  const found = isCollection ? undefined : findSchema(schema, [...path, 0]);
  return typeof found === 'object' ? found : undefined;
}

function checkSecret(use: Use, path: Path, faults: Faults): JsonSchema | undefined {
  if (use.schema?.['x-secret'] !== true) {
    faults.add(use.loc, 'secret_not_allowed', 'A secret can only be used in a parameter that is marked for secrets');
  } else if (path.length !== 1 || typeof path[0] !== 'string') {
    faults.add(use.loc, 'reference_syntax', 'A secret is referred to as {{secrets.NAME}}');
  }
  return undefined;
}

function checkType(node: Node, use: Use, reference: Reference, given: JsonSchema, faults: Faults): void {
  const expected = use.part === 'for_each' ? new Set(['array']) : use.schema && typesOf(use.schema);
  const types = typesOf(given);
  if (!expected || !types || types.size === 0 || [...types].some((type) => expected.has(type))) return;
  const advice = expected.has('string') ? '; to print it, put it inside a longer text or use format_data' : '';
  const message = `'${reference.text}' gives ${list(types)}, but ${list(expected)} is expected${advice}`;
  faults.add(use.loc, 'reference_type', message, { input: valueAt(node, use) });
}

const list = (types: Set<string>): string => [...types].join(' or ');

function valueAt(node: Node, use: Use): unknown {
  const [part, ...path] = use.loc.slice(node.task.loc.length);
  if (part !== 'parameters') return undefined;
  return path.reduce<Json | undefined>((at, key) => (at as Record<string, Json> | undefined)?.[key as string], node.task.parameters);
}
