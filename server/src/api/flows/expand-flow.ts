import { setImmediate } from 'node:timers/promises';
import { isJsonObject, type Json, type JsonObject } from '#base';
import type { Catalogue } from '#executors';
import { type CheckedDefinition, checkDefinition, toErrorDetails } from '#language';
import { mapTasks } from './definition-tasks.ts';
import { type FlowExpansion, type FlowRecord, type FlowWire, toFlowWire } from './flow.wire.ts';
import { type ExpansionFlags, expansionQuery } from './flow-query.wire.ts';

/**
 * What the flags of a request add to a flow (core.md 2): beside its definition the order of the tasks and the faults, inside each task of
 * the definition what its executor says of it. Without a flag the definition is not even read.
 */
export function expandFlow(flow: FlowRecord, flags: ExpansionFlags, catalogue: Catalogue): FlowExpansion {
  if (!isExpanding(flags)) return { definition: flow.definition, task_names: null, validation_errors: null };
  const checked = checkDefinition(flow.source ?? flow.definition, catalogue);
  return {
    definition: mapTasks(flow.definition, (tasks) => tasks.map((task) => expandTask(task, checked, flags))),
    task_names: flags.include_ordered_task_names ? checked.orderedTaskNames : null,
    validation_errors: flags.include_validation_errors ? checked.faults.map(toErrorDetails) : null,
  };
}

const isExpanding = (flags: ExpansionFlags): boolean =>
  Object.keys(expansionQuery).some((flag) => flags[flag as keyof ExpansionFlags] === true);

/** Flows as the wire has them. Between two that must be checked others get their turn: a definition of 2,000 tasks takes 150 ms. */
export async function expandFlows(flows: FlowRecord[], flags: ExpansionFlags, catalogue: Catalogue): Promise<FlowWire[]> {
  const answers: FlowWire[] = [];
  for (const flow of flows) {
    answers.push(toFlowWire(flow, expandFlow(flow, flags, catalogue)));
    if (isExpanding(flags)) await setImmediate();
  }
  return answers;
}

function expandTask(task: Json, checked: CheckedDefinition, flags: ExpansionFlags): Json {
  const name = isJsonObject(task) ? task['name'] : undefined;
  // a task whose executor is unknown has nothing to add; own names only, since a task may be called constructor
  if (!isJsonObject(task) || typeof name !== 'string' || !Object.hasOwn(checked.outputSchemas, name)) return task;
  const inputSchema = Object.hasOwn(checked.inputSchemas, name) ? checked.inputSchemas[name] : undefined;
  return {
    ...task,
    ...(flags.include_dynamic_data && { dynamic_data: {} }), // no executor has choices that come from outside
    ...(flags.include_output_schemas && { output_schema: checked.outputSchemas[name] as JsonObject }),
    ...(flags.include_input_schema && inputSchema && { input_schema: inputSchema as JsonObject }),
    ...(flags.include_default_reference_modes && { default_reference_modes: checked.defaultReferenceModes[name] as JsonObject }),
  };
}
