import { FlowError, type Log } from '#base';
import type { FileStore } from '#files';

/** Where the values of large outputs lie. */
export interface StoredOutputs {
  files: Pick<FileStore, 'read'>;
  log: Log;
}

/**
 * The output of a row: the column, or where it is large the object in the file store that the row names. One that is gone is logged and
 * null: it must not hide the rest of a list.
 */
export async function readOutput(stored: StoredOutputs, row: { output: unknown; outputKey: string | null }): Promise<unknown> {
  if (row.outputKey === null || row.outputKey === undefined) return row.output ?? null;
  try {
    return JSON.parse((await stored.files.read(row.outputKey)).toString('utf8'));
  } catch (error) {
    if (!(error instanceof FlowError && error.code === 'not_found')) throw error;
    stored.log.error({ output_key: row.outputKey }, 'a stored output is missing');
    return null;
  }
}
