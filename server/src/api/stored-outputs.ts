import { FlowError, type Id, type Log } from '#base';
import type { FileStore } from '#files';

/** Where the values of large outputs lie. */
export interface StoredOutputs {
  files: Pick<FileStore, 'read'>;
  log: Log;
}

/** What a row holds of its output, and, for the log, whose it is. */
export interface StoredRow {
  output: unknown;
  outputKey: string | null;
  organizationId?: Id;
  flowExecutionId?: Id;
  id?: Id;
}

/**
 * The output of a row: the column, or where it is large the object in the file store that the row names. One that is gone is logged and
 * null: it must not hide the rest of a list.
 */
export async function readOutput(stored: StoredOutputs, row: StoredRow): Promise<unknown> {
  if (row.outputKey === null || row.outputKey === undefined) return row.output ?? null;
  try {
    return JSON.parse((await stored.files.read(row.outputKey)).toString('utf8'));
  } catch (error) {
    if (!(error instanceof FlowError && error.code === 'not_found')) throw error;
    const about = { organization_id: row.organizationId, flow_execution_id: row.flowExecutionId, task_execution_id: row.id };
    stored.log.error({ ...about, output_key: row.outputKey }, 'a stored output is missing');
    return null;
  }
}
