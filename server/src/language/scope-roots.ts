import type { TaskScope } from './plan.ts';

/** What an expression or template may see; a whole TaskScope fits, and so does the scope of an executor's context. */
export type ExpressionScope = Pick<TaskScope, 'tasks' | 'input' | 'item'> & { execution: unknown };

/**
 * What a bare name stands for in an expression or template: `tasks`, else the task of that name, else `input`, `item` or `execution`.
 * Undefined where it is nothing: own properties only.
 */
export function rootValue(root: string, scope: ExpressionScope): unknown {
  if (root === 'tasks') return scope.tasks;
  if (Object.hasOwn(scope.tasks, root)) return scope.tasks[root];
  switch (root) {
    case 'input':
      return scope.input;
    case 'item':
      return scope.item;
    case 'execution':
      return scope.execution;
    default:
      return undefined;
  }
}
