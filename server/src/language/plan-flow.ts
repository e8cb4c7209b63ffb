import type { JsonSchema } from '#base';
import { type Analysis, analyseFlow } from './analyse-flow.ts';
import { inputSchemaOf } from './check-references.ts';
import { compileGateResolver, compileTaskResolver, type Resolving } from './compile-resolver.ts';
import type { FlowDefinition } from './definition.ts';
import { type ExecutorLookup, knownExecutors } from './executor-facts.ts';
import type { Fault } from './fault.ts';
import { isInput, type Node } from './graph.ts';
import type { Plan, PlannedTask, TaskResolver } from './plan.ts';
import { type Numbering, planGate, planTask } from './plan-task.ts';

/**
 * A definition as the engine runs it, or every fault at once: unknown executors, tasks, fields and routes, cycles, wrong parameters, all that
 * keeps it from running (what is merely unfinished too). Pure and linear; made once a version.
 */
export function planFlow(definition: FlowDefinition, executors: ExecutorLookup): { plan: Plan } | { faults: Fault[] } {
  const analysis = analyseFlow(definition, knownExecutors(executors));
  return analysis.faults.length > 0 ? { faults: analysis.faults } : { plan: buildPlan(analysis) };
}

/** The plan of an analysis without faults. */
export function buildPlan(analysis: Analysis): Plan {
  const { nodes, order = [], scopes } = analysis;
  const ordered = order.map((index) => nodes[index] as Node);
  const numbering = numberTasks(ordered);
  const byName = new Map(nodes.map((node) => [node.task.name, node]));
  const inputSchema: JsonSchema = inputSchemaOf(nodes);
  const resolving: Resolving = { byName, scopes, inputSchema };
  const tasks: PlannedTask[] = [];
  const resolve = new Map<number, TaskResolver>();
  for (const node of ordered) {
    if (node.task.forEach !== undefined) {
      resolve.set(tasks.length, compileGateResolver(node, resolving));
      tasks.push(planGate(node, analysis, numbering));
    }
    resolve.set(tasks.length, compileTaskResolver(node, resolving));
    tasks.push(planTask(node, analysis, numbering));
  }
  const inputs = nodes.filter(isInput).map((node) => numbering.task[node.index] as number);
  return {
    tasks,
    inputTasks: inputs,
    byName: new Map(nodes.map((node) => [node.task.name, numbering.task[node.index] as number])),
    resolve,
  };
}

/** A gate is numbered directly before its task. */
function numberTasks(ordered: Node[]): Numbering {
  const numbering: Numbering = { task: [], gate: [] };
  let next = 0;
  for (const node of ordered) {
    if (node.task.forEach !== undefined) numbering.gate[node.index] = next++;
    numbering.task[node.index] = next++;
  }
  return numbering;
}
