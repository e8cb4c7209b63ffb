import type { JsonObject } from '#base';
import { checkSchema, type SchemaFault } from './check-schemas.ts';
import type { Use } from './collect-uses.ts';
import type { Faults, Loc } from './fault.ts';
import { isWhole } from './find-references.ts';
import { fieldsOf } from './find-schema.ts';
import type { Node } from './graph.ts';

/** Words that judge a value by its parts: what they say of a value with references in it cannot be known before a run. */
const COMPOSITE = new Set(['anyOf', 'oneOf', 'allOf', 'not', 'if', 'contains', 'unevaluatedProperties', 'unevaluatedItems', 'uniqueItems']);

/** The parameters as written against the executor's schema. Where a reference stands, its type is checked elsewhere, by the upstream output. */
export function checkParameters({ task, executor, uses }: Node, faults: Faults): void {
  if (!executor) return;
  const found = checkSchema(executor.parametersSchema, task.parameters);
  const base: Loc = [...task.loc, 'parameters'];
  const places = uses.filter((use) => use.template).map((use) => ({ use, at: use.loc.slice(base.length) }));
  const relevant = found.filter((fault) => !places.some(({ use, at }) => isOpen(fault, use, at)));
  const plain = relevant.filter((fault) => !COMPOSITE.has(fault.keyword));
  for (const fault of plain.length > 0 ? plain : relevant) addFault(fault, base, task.parameters, executor.parametersSchema, faults);
}

/** Whether a fault is about a value that only the run will know. */
function isOpen(fault: SchemaFault, use: Use, at: Loc): boolean {
  const covers = fault.loc.length <= at.length && fault.loc.every((key, i) => key === at[i]);
  if (!covers) return false;
  if (fault.loc.length < at.length) return COMPOSITE.has(fault.keyword);
  return !use.template || isWhole(use.template) || use.template.faults.length > 0 || fault.keyword !== 'type';
}

function addFault(fault: SchemaFault, base: Loc, parameters: JsonObject, schema: object, faults: Faults): void {
  const input = fault.loc.reduce<unknown>((at, key) => (at as Record<string | number, unknown> | undefined)?.[key], parameters);
  const isUnfinished = fault.type === 'missing' || (input === '' && fault.type === 'string_too_short') || fault.type === 'too_short';
  const known = fault.type === 'extra_forbidden' && fault.loc.length === 1 ? fieldsOf(schema as Record<string, unknown>) : [];
  const near = known.length > 0 ? faults.suggest(String(fault.loc[0]), known) : '';
  faults.add([...base, ...fault.loc], fault.type, `${fault.message}${near}`, { severity: isUnfinished ? 'incomplete' : 'error', input });
}
