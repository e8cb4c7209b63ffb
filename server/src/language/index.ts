export type { Plan, PlannedTask, Predecessor, ReferenceMode, RetryPolicy, RunIf, TaskResolver, TaskScope } from './plan.ts';
