export type { Executor, ExecutorContext, ExecutorDescription, Outcome, StoredFile, TaskFailure, TaskFiles } from './contract.ts';
