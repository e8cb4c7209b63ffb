// What flows are made of: each executor describes itself and runs, given resolved parameters and a context that is already its organization's.
// Expected failure is a value, a throw is a bug. No executor knows the engine, a tenant or a database.
export { type Catalogue, catalogue } from './catalog.ts';
export type {
  ChildRun,
  Executor,
  ExecutorContext,
  ExecutorDescription,
  Outcome,
  StoredFile,
  TaskDeliveries,
  TaskDelivery,
  TaskFailure,
  TaskFiles,
  TaskFlows,
  TaskValues,
} from './contract.ts';
