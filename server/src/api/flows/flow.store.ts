import { sql } from 'kysely';
import { conflict, type Id, newId } from '#base';
import { codeOf } from '#db';
import type { TenantTransaction } from '../flow-app.ts';
import type { ReadDefinition } from './flow-definition.ts';
import type { FlowFields } from './flow-fields.ts';

/** Who writes, for which organization, and whether names must differ (FLOW_UNIQUE_FLOW_NAMES). */
export interface Author {
  organizationId: Id;
  principalId: Id;
  modifiedBy: string;
  uniqueFlowNames: boolean;
}

interface NewFlow extends FlowFields {
  id: Id;
  displayName: string;
}

/** Inserts a flow with its version 1. Throws conflict where another flow of the organization has the name (core.md C8). */
export async function insertFlow(tx: TenantTransaction, author: Author, fields: NewFlow, read: ReadDefinition): Promise<void> {
  const { settings, ...plain } = fields;
  await refusingTakenNames(fields.displayName, () =>
    tx
      .insertInto('flows')
      .values({
        ...plain,
        organizationId: author.organizationId,
        uniqueName: author.uniqueFlowNames ? fields.displayName : null,
        createdBy: author.principalId,
        modifiedBy: author.modifiedBy,
        ...(settings && { settings: JSON.stringify(settings) }),
      })
      .execute(),
  );
  await insertVersion(tx, author, { flowId: fields.id, version: 1, read });
}

/** Changes a flow's own fields; makes no version. Throws conflict where the new name is taken. */
export async function updateFlow(tx: TenantTransaction, author: Author, flowId: Id, fields: FlowFields): Promise<void> {
  const { settings, displayName, ...plain } = fields;
  const name = displayName === undefined ? {} : { displayName, uniqueName: author.uniqueFlowNames ? displayName : null };
  await refusingTakenNames(displayName ?? '', () =>
    tx
      .updateTable('flows')
      .set({
        ...plain,
        ...name,
        ...(settings && { settings: JSON.stringify(settings) }),
        modifiedBy: author.modifiedBy,
        updatedAt: sql`now()`,
      })
      .where('id', '=', flowId)
      .execute(),
  );
}

/** Writes the next version and makes it the latest. The caller holds the flow's row, so versions have no gaps. Answers its number. */
export async function appendVersion(
  tx: TenantTransaction,
  author: Author,
  flow: { id: Id; latestVersion: number },
  read: ReadDefinition,
): Promise<number> {
  const version = flow.latestVersion + 1;
  await insertVersion(tx, author, { flowId: flow.id, version, read });
  await tx
    .updateTable('flows')
    .set({ latestVersion: version, modifiedBy: author.modifiedBy, updatedAt: sql`now()` })
    .where('id', '=', flow.id)
    .execute();
  await noteReexecution(tx, author.organizationId, flow.id, version);
  return version;
}

/** Where the flow wants it, its finished runs follow the new version (core.md C17): reexecute-after-update.ts finds this after the commit. */
async function noteReexecution(tx: TenantTransaction, organizationId: Id, flowId: Id, version: number): Promise<void> {
  await sql`
    insert into flow_reexecutions (organization_id, flow_id, version)
    select organization_id, id, ${version} from flows
     where organization_id = ${organizationId} and id = ${flowId} and settings ->> 'reexecute_on_update' = 'true'
    on conflict (organization_id, flow_id) do update
      set version = excluded.version, runs_left = excluded.runs_left, before_id = null, claimed_until = null, created_at = now()`.execute(
    tx,
  );
}

async function insertVersion(
  tx: TenantTransaction,
  author: Author,
  version: { flowId: Id; version: number; read: ReadDefinition },
): Promise<void> {
  const id = newId();
  const { organizationId, modifiedBy } = author;
  const { json, source, plan } = version.read;
  await tx
    .insertInto('flowVersions')
    .values({
      id,
      organizationId,
      flowId: version.flowId,
      version: version.version,
      definition: json,
      source,
      modifiedBy,
    })
    .execute();
  if (!plan) return; // nothing runs that is not finished
  const tasks = JSON.stringify(plan.tasks.map(({ number, name, kind, executor }) => ({ task: number, name, kind, executor })));
  // one text however many tasks there are, so that it is prepared once
  await sql`insert into flow_version_tasks (organization_id, flow_version_id, task, name, kind, executor)
    select ${organizationId}::uuid, ${id}::uuid, t.* from json_to_recordset(${tasks}) as t (task smallint, name text, kind text, executor text)`.execute(
    tx,
  );
}

async function refusingTakenNames<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const constraint = (error as { constraint?: string }).constraint;
    if (codeOf(error) === '23505' && constraint === 'flows_unique_name') throw conflict(`A flow named '${name}' already exists`);
    throw error;
  }
}

/** Hides a flow with all its versions; there is no way back. Its name is free again. */
export async function deleteFlowRow(tx: TenantTransaction, flowId: Id, modifiedBy: string): Promise<void> {
  await tx.updateTable('flows').set({ deletedAt: sql`now()`, updatedAt: sql`now()`, modifiedBy }).where('id', '=', flowId).execute();
}
