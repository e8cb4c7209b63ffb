import type { Insertable } from 'kysely';
import { type Id, newId } from '#base';
import type { EngineDatabase, Tables } from '#db';

/** Rows of a run in any state, written through the engine's door: what a reader must cope with, without running anything. */

export interface SeededFlow {
  organizationId: Id;
  flowId: Id;
  flowVersionId: Id;
}

interface SeededTask {
  name: string;
  kind?: 'task' | 'gate';
  executor?: string;
}

type Row<T extends keyof Tables> = Partial<Insertable<Tables[T]>>;

/** A flow with one version, whose tasks have these numbers. */
export async function seedFlow(
  { kysely }: EngineDatabase,
  organizationId: Id,
  flow: { tasks?: SeededTask[]; definition?: unknown; row?: Row<'flows'> } = {},
): Promise<SeededFlow> {
  const flowId = newId();
  const flowVersionId = newId();
  const author = { modifiedBy: 'system', organizationId };
  await kysely
    .insertInto('flows')
    .values({ id: flowId, displayName: `Flow ${flowId}`, createdBy: 'system', ...author, ...flow.row })
    .execute();
  await kysely
    .insertInto('flowVersions')
    .values({
      id: flowVersionId,
      flowId,
      version: 1,
      definition: JSON.stringify(flow.definition ?? { name: 'seeded', tasks: [] }),
      ...author,
    })
    .execute();
  const tasks = flow.tasks ?? [{ name: 'receive', executor: 'receive_file' }, { name: 'read' }];
  for (const [task, { name, kind = 'task', executor = 'format_data' }] of tasks.entries()) {
    await kysely.insertInto('flowVersionTasks').values({ organizationId, flowVersionId, task, name, kind, executor }).execute();
  }
  return { organizationId, flowId, flowVersionId };
}

/** An execution of it; running unless said otherwise. */
export async function seedExecution({ kysely }: EngineDatabase, flow: SeededFlow, row: Row<'flowExecutions'> = {}): Promise<Id> {
  const id = row.id ?? newId();
  await kysely
    .insertInto('flowExecutions')
    .values({
      ...flow,
      flowVersion: 1,
      runNumber: 1,
      status: 'running',
      firstTask: 0,
      need: 1,
      open: 1,
      input: '{}',
      modifiedBy: 'system',
      ...row,
      id,
    })
    .execute();
  return id;
}

/** A row of the engine; a completed first item unless said otherwise. */
export async function seedTask(
  { kysely }: EngineDatabase,
  flow: SeededFlow,
  executionId: Id,
  row: Row<'taskExecutions'> = {},
): Promise<Id> {
  const id = row.id ?? newId();
  await kysely
    .insertInto('taskExecutions')
    .values({
      organizationId: flow.organizationId,
      executionId,
      generation: 0,
      task: 0,
      status: 'completed',
      startedAt: row.status === 'pending' ? null : new Date(),
      completedAt: new Date(),
      ...row,
      id,
    })
    .execute();
  return id;
}
