import type { EngineParts } from './engine-parts.ts';
import type { EndedExecution, SettleReport } from './settle-tasks.ts';
import { wakeParent } from './wake-waiting.ts';

/** After commit: what changed, that there is work, and, to whoever waits for a sub-flow, that it has ended. */
export function announce(parts: EngineParts, { events, leftReady, ended }: SettleReport): void {
  parts.events.publish(events);
  if (leftReady) parts.events.announceWork();
  hintParents(parts, ended);
}

/** A hint, not waited for: where it is lost, the tick finds out (wake-waiting.sql). */
export function hintParents(parts: EngineParts, ended: readonly Pick<EndedExecution, 'organizationId' | 'parentTaskId'>[]): void {
  for (const { organizationId, parentTaskId } of ended) {
    if (parentTaskId === null) continue;
    wakeParent(parts, organizationId, parentTaskId).catch((error: unknown) => {
      parts.log.debug(
        { err: error, organization_id: organizationId, task_execution_id: parentTaskId },
        'a task did not hear at once that its sub-flow has ended',
      );
    });
  }
}
