// Where engine and executors meet: claims tasks under a lease, binds their inputs, runs them with limits, settles what comes of it, drains. It
// decides nothing about a run (the engine does) and does no task's work itself (executors do).
export { limitedExecutors } from './executor-places.ts';
export { createPlans, type Plans } from './plans.ts';
export { LONGEST_DRAIN_MS, type RunningWorker, startWorker, type WorkerOptions } from './run-worker.ts';
