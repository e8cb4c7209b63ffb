import type { Pool } from 'pg';
import type { Id } from '#base';
import type { Plan, PlannedTask } from '#language';
import { visibleItems } from '../../src/engine/item-path.ts';
import { chance } from '../../src/engine/testing/chance.ts';
import type { EngineFixture } from './engine-fixture.ts';
import { ignoreConflict, type Subject } from './storm-subject.ts';
import { answer, type ReadValue } from './test-executor.ts';

/**
 * Sends what waiting tasks wait for, some of it twice at once: each with chance `share`, so that some wait long enough for their runs to give up their
 * slots. Answers how many found no slot for their run.
 */
export async function sendEvents({ admin, engine }: EngineFixture, subjects: readonly Subject[], share = 0.12): Promise<number> {
  let deferred = 0;
  const { rows } = await admin.query(
    `select t.organization_id, t.id, t.execution_id, t.task, t.item, t.item_value, e.flow_version_id
       from task_executions t join flow_executions e on e.id = t.execution_id where t.status = 'awaiting_input' and t.decision is null order by random() limit 20`,
  );
  for (const row of rows) {
    if (!chance(share)) continue;
    const subject = subjects.find(({ id }) => id === row.execution_id);
    const plan = subject?.versions.find(({ versionId }) => versionId === row.flow_version_id)?.plan;
    const planned = plan?.tasks[row.task];
    if (plan === undefined || planned === undefined) continue;
    const place = { executionId: row.execution_id, item: Number(row.item), itemValue: row.item_value ?? undefined };
    const given = answer(planned, place, await readAsOwner(admin, plan, row.execution_id, planned, place.item));
    const outcome =
      given.status === 'completed'
        ? { status: given.status, output: given.output, routes: given.routes }
        : { status: given.status, error: { code: 'test' } };
    const send = async () => {
      const receipt = await engine.settleWaiting(row.organization_id, row.id, outcome, 'test').catch(ignoreConflict);
      if (receipt?.deferred) deferred++;
    };
    await Promise.all(Array.from({ length: chance(0.3) ? 2 : 1 }, send));
  }
  return deferred;
}

/** What the task reads, past the engine. */
async function readAsOwner(admin: Pool, plan: Plan, executionId: Id, planned: PlannedTask, item: number): Promise<ReadValue[]> {
  const reads: ReadValue[] = [];
  for (const read of planned.reads) {
    const source = plan.tasks[read.task] as PlannedTask;
    const { low, high } = visibleItems(item, planned.scope.length, source.scope.length);
    const { rows } = await admin.query(
      `select item, case when status = 'completed' then output end as value from task_executions
        where execution_id = $1 and task = $2 and item between $3 and $4 order by item`,
      [executionId, read.task, low, high],
    );
    reads.push({ task: source.name, values: rows.map((row) => ({ item: Number(row.item), value: row.value })) });
  }
  return reads;
}
