import type { Principal } from '#access';
import { type FieldFault, FlowError, type JsonObject } from '#base';
import { parseFileKey, parseFileUri } from '#files';
import { findFile, isFlowOpen } from '../files/file.queries.ts';
import type { TenantTransaction } from '../flow-app.ts';
import { wrongInput } from './input-checker.ts';

const FIELDS = ['file_key', 'document_url'] as const;
type Field = (typeof FIELDS)[number];

const fault = (field: Field, input: unknown, msg: string): FieldFault => ({ loc: ['input', field], msg, type: 'value_error', input });

/** A key, or a gs:// URI of our bucket, as a key. */
function toKey(field: Field, text: string, bucket: string): string {
  if (field === 'file_key' && !text.startsWith('gs://')) return parseFileKey(text);
  const location = parseFileUri(text);
  if (location.bucket !== bucket) throw new FlowError('forbidden', 'The bucket is not one of this platform');
  return location.key;
}

/**
 * Files that an input names must be the organization's, and there: a run must not fail later for what can be known now, nor name what is
 * another's (core.md 3). Throws `bad_request` with the place of each, the same for a foreign file as for one that never was.
 */
export async function checkInputFiles(tx: TenantTransaction, principal: Principal, input: JsonObject, bucket: string): Promise<void> {
  const faults: FieldFault[] = [];
  const keys = new Map<Field, string>();
  for (const field of FIELDS) {
    const text = input[field];
    if (typeof text !== 'string') continue;
    try {
      keys.set(field, toKey(field, text, bucket));
    } catch (error) {
      if (!(error instanceof FlowError)) throw error;
      faults.push(fault(field, text, error.message));
    }
  }
  for (const [field, key] of keys)
    if (!(await isFileThere(tx, principal, key)))
      faults.push(fault(field, input[field], 'There is no uploaded file of this name; upload it first'));
  if (faults.length === 0 && new Set(keys.values()).size > 1)
    faults.push(fault('document_url', input['document_url'], 'file_key and document_url are two different files'));
  if (faults.length > 0) throw wrongInput(faults);
}

async function isFileThere(tx: TenantTransaction, principal: Principal, key: string): Promise<boolean> {
  const file = await findFile(tx, key);
  return file?.uploadedAt != null && (await isFlowOpen(tx, principal, file.flowId));
}
