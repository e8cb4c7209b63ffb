import type { JsonSchema } from '#base';

/** Whether tasks with these parameters ask a model: the one that their parameter `worker`, or `model`, names. */
export function asksModel({ parametersSchema }: { parametersSchema: JsonSchema }): boolean {
  const properties = (parametersSchema['properties'] ?? {}) as object;
  return 'worker' in properties || 'model' in properties;
}
