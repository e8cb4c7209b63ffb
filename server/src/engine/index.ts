export type { Engine, StartedExecution, StartRequest } from './engine.ts';
