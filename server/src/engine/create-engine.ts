import { cancelExecution } from './cancel-execution.ts';
import { type EngineOptions, engineParts } from './create-task-engine.ts';
import { decreeStatus } from './decree-status.ts';
import { editTask } from './edit-task.ts';
import type { Engine } from './engine.ts';
import { extendLease, leaseTasks, settleLeased } from './leased-tasks.ts';
import { storableJson } from './outcome.ts';
import { createQueues } from './queues.ts';
import { reportTask } from './report-task.ts';
import { rerunExecution } from './rerun-execution.ts';
import { settleWaiting } from './settle-waiting.ts';
import { startExecution } from './start-execution.ts';
import { waitForEnd } from './wait-for-end.ts';

/** The engine as the API and the CLI see it: what people and programs ask of runs. */
export function createEngine(options: EngineOptions): Engine {
  const parts = engineParts(options);
  return {
    start: startExecution(parts),
    waitForEnd: waitForEnd(parts),
    cancel: (organizationId, executionId, actor) => cancelExecution(parts, organizationId, executionId, actor),
    decree: (organizationId, executionId, decree, actor) => decreeStatus(parts, organizationId, executionId, decree, actor),
    rerun: (organizationId, executionId, rerun) => rerunExecution(parts, organizationId, executionId, rerun),
    settleWaiting: (organizationId, taskExecutionId, outcome, actor) =>
      settleWaiting(parts, organizationId, taskExecutionId, outcome, actor),
    leaseTasks: (organizationId, wanted) => leaseTasks(parts, organizationId, wanted),
    extendLease: (organizationId, id, token, leaseMs) => extendLease(parts, organizationId, { id, token }, leaseMs),
    settleLeased: (organizationId, id, token, outcome, actor) => settleLeased(parts, organizationId, { id, token }, outcome, actor),
    editTask: (organizationId, taskExecutionId, edit) => editTask(parts, organizationId, taskExecutionId, edit),
    reportTask: (organizationId, taskExecutionId, report) => reportTask(parts, organizationId, taskExecutionId, report),
    saveDraft: async (organizationId, taskExecutionId, draft, actor) =>
      (await parts.run('save-draft', [organizationId, taskExecutionId, storableJson(draft), actor])).length > 0,
    queues: createQueues(parts),
    fitSlots: async (organizationId) => {
      await parts.run('fit-slots', [organizationId]);
    },
  };
}
