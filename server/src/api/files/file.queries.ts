import { type SqlBool, sql } from 'kysely';
import { type Id, newId, timeOfId } from '#base';
import type { TenantTransaction } from '../flow-app.ts';
import { isOpenTo, type Viewer } from '../flows/visible-flows.ts';
import type { FileRecord } from './file.wire.ts';

const selectFiles = (tx: TenantTransaction) =>
  tx
    .selectFrom('files')
    .select(['id', 'flowId', 'fileKey', 'filename', 'contentType', 'sizeBytes', 'sha256', 'metadata', 'createdAt', 'uploadedAt'])
    .$castTo<FileRecord>();

/** The organization's file of that key, arrived or not. */
export const findFile = (tx: TenantTransaction, fileKey: string): Promise<FileRecord | undefined> =>
  selectFiles(tx).where('fileKey', '=', fileKey).executeTakeFirst();

/** Whether the flow of a file is one that the caller may read; deleted flows included, since their files stay (core.md 8). */
export async function isFlowOpen(tx: TenantTransaction, viewer: Viewer, flowId: Id): Promise<boolean> {
  const row = await tx.selectFrom('flows').select('id').where('id', '=', flowId).where(isOpenTo(viewer)).executeTakeFirst();
  return row !== undefined;
}

/** Files of a flow that have arrived, newest first; those after a place are those after `startingAfter`. Index files_flow. */
export const listFiles = (
  tx: TenantTransaction,
  flowId: Id,
  page: { limit: number; startingAfter?: Id | undefined },
): Promise<FileRecord[]> =>
  selectFiles(tx)
    .where('flowId', '=', flowId)
    .where('uploadedAt', 'is not', null)
    .$if(page.startingAfter !== undefined, (query) =>
      query.where(
        sql<SqlBool>`(created_at, id) < (select a.created_at, a.id from files a where a.flow_id = ${flowId} and a.id = ${page.startingAfter})`,
      ),
    )
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit)
    .execute();

export async function countFiles(tx: TenantTransaction, flowId: Id): Promise<number> {
  const row = await tx
    .selectFrom('files')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('flowId', '=', flowId)
    .where('uploadedAt', 'is not', null)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

interface NewFile {
  organizationId: Id;
  flowId: Id;
  filename: string | null;
  contentType: string;
  modifiedBy: string;
}

/** Makes the row that an upload will fill; its key is ours alone. */
export async function insertFile(tx: TenantTransaction, file: NewFile): Promise<{ id: Id; fileKey: string }> {
  const id = newId();
  const fileKey = `flows/${file.flowId}/documents/${id}`;
  await tx
    .insertInto('files')
    .values({ ...file, id, fileKey, createdAt: timeOfId(id) })
    .execute();
  return { id, fileKey };
}

/** What an upload turned out to be. */
export interface ArrivedFile {
  sizeBytes: number;
  sha256: Buffer;
  contentType: string;
  filename: string | null;
  metadata: Record<string, string>;
}

/**
 * Binds a file to its bytes before they are stored: from then on no others can take its place. Answers false where other bytes have it
 * already. The same bytes may claim it again, so an upload that broke off between claim and storage is simply repeated.
 */
export async function claimFile(tx: TenantTransaction, id: Id, arrived: ArrivedFile): Promise<boolean> {
  const { sizeBytes, sha256, contentType, filename, metadata } = arrived;
  const result = await tx
    .updateTable('files')
    .set({ sizeBytes, sha256, contentType, filename, metadata: JSON.stringify(metadata) })
    .where('id', '=', id)
    .where((eb) => eb.or([eb('sha256', 'is', null), eb('sha256', '=', sha256)]))
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Marks a file whose bytes are stored: it is listed and readable from here on. */
export async function finishFile(tx: TenantTransaction, id: Id): Promise<void> {
  await tx.updateTable('files').set({ uploadedAt: new Date() }).where('id', '=', id).where('uploadedAt', 'is', null).execute();
}
