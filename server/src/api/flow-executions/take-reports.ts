import { type Id, newId, timeOfId } from '#base';
import { readStatusWord } from '../wire/status-words.ts';
import type { ProcessingStatus } from '../wire/statuses.ts';
import type { TaskStatusItem, TaskStatusReport } from './task-status.wire.ts';

const SETTLED: readonly ProcessingStatus[] = ['completed', 'failed', 'cancelled', 'deleted'];

/** A report with what it is answered, and what it settles the task as, where it does. */
export interface TakenReport {
  report: TaskStatusReport;
  status: ProcessingStatus;
  settles: 'completed' | 'failed' | undefined;
}

/**
 * What reports of a batch are taken as, one after the other (core.md C15): pure. Any word is accepted. `present` has the status of each task; a task
 * without one has not begun. A settled task ignores words that would open it again, and an unknown word or null changes nothing.
 */
export function takeReports(
  flowExecutionId: Id,
  items: readonly TaskStatusItem[],
  present: ReadonlyMap<string, ProcessingStatus>,
): TakenReport[] {
  const states = new Map(present);
  return items.map((item) => {
    const state = states.get(item.task_name) ?? 'queued';
    const said = typeof item.status === 'string' ? readStatusWord(item.status)?.status : undefined;
    const isNews = said !== undefined && (!SETTLED.includes(state) || SETTLED.includes(said));
    const settles = isNews && !SETTLED.includes(state) && (said === 'completed' || said === 'failed') ? said : undefined;
    if (settles !== undefined) states.set(item.task_name, settles);
    const id = newId();
    const report = {
      id,
      flowExecutionId,
      taskName: item.task_name,
      rawStatus: item.status ?? null,
      processingStatus: isNews ? said : null,
      createdAt: timeOfId(id),
    };
    return { report, status: isNews ? said : state, settles };
  });
}
