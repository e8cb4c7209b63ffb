import type { ExecutorDescription } from './contract.ts';

/** Whether tasks of this executor ask a model: the one that their parameter `worker`, or `model`, names. */
export function asksModel({ parametersSchema }: Pick<ExecutorDescription, 'parametersSchema'>): boolean {
  const properties = (parametersSchema['properties'] ?? {}) as object;
  return 'worker' in properties || 'model' in properties;
}
