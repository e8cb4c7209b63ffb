import type { Log } from '#base';
import type { ClaimedTask, TaskEngine, TaskOutcome } from '#engine';
import { aboutTask } from './about-task.ts';

/** A task that is about to wait for an event that it has had before, and that would be asked the same, is settled as then. */
export async function keepDecision(
  engine: Pick<TaskEngine, 'keptDecision'>,
  task: ClaimedTask,
  outcome: TaskOutcome,
  log: Log,
): Promise<TaskOutcome> {
  if (outcome.status !== 'awaiting_input' || task.generation === 0 || task.checkpoint !== undefined) return outcome;
  try {
    return (await engine.keptDecision(task, outcome.input)) ?? outcome;
  } catch (error) {
    log.warn({ err: error, ...aboutTask(task) }, 'whether a decision was there before could not be read: it is asked for again');
    return outcome;
  }
}
