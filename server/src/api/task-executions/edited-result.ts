import { badRequest, type Id, isJsonObject, type Json, newId } from '#base';
import type { EditedResult } from '#engine';
import { checkedKey, type FileStore } from '#files';
import { checkSchema, type PlannedTask } from '#language';
import { toTaskError } from '../task-outputs/task-output.wire.ts';

/** Values over this lie in the file store: as large in the row they would make each later version of it large too (DESIGN.md, A run 10). */
const MAX_ROW_BYTES = 256 * 1024;

/** What an output breaks of its task's output model, as places and words. */
export function findOutputFaults(
  planned: PlannedTask | undefined,
  output: unknown,
): { loc: (string | number)[]; msg: string; type: string }[] {
  if (planned === undefined) return [];
  return checkSchema(planned.outputSchema, output).map(({ loc, message, type }) => ({
    loc: ['body', 'output', ...loc],
    msg: message,
    type,
  }));
}

/** Throws `bad_request` with every fault (core.md 4, PUT). */
export function checkOutput(planned: PlannedTask | undefined, output: unknown): void {
  const faults = findOutputFaults(planned, output);
  if (faults.length > 0) throw badRequest(`The output does not fit what the task '${planned?.name}' gives; see details`, faults);
}

/** A completed result, its value in the file store where it is large. */
export async function completedResult(
  files: Pick<FileStore, 'put'>,
  place: { organizationId: Id; flowExecutionId: Id; taskExecutionId: Id },
  output: unknown,
): Promise<EditedResult> {
  const text = JSON.stringify(output ?? null);
  if (Buffer.byteLength(text) <= MAX_ROW_BYTES) return { status: 'completed', output: text };
  const bytes = Buffer.from(text);
  const outputKey = checkedKey(
    `outputs/${place.organizationId}/${place.flowExecutionId}/${place.taskExecutionId}-${newId()}`,
    bytes,
    'json',
  );
  await files.put(outputKey, bytes, { contentType: 'application/json' });
  return { status: 'completed', output: text, outputKey };
}

/** A failed result: the error as an object with a message, whatever was said. */
export function failedResult(error: unknown, otherwise: { code: string; message: string }): Extract<EditedResult, { status: 'failed' }> {
  const said = toTaskError(error);
  if (said === null) return { status: 'failed', error: otherwise };
  return { status: 'failed', error: (isJsonObject(error) ? said : { code: otherwise.code, ...said }) as Json };
}

/** JSON text for the engine; undefined where nothing, or null, was said. */
export const jsonText = (value: unknown): string | undefined => (value === undefined || value === null ? undefined : JSON.stringify(value));
