import { createLog, type Json, type JsonObject, notFound } from '#base';
import type { DocumentReader } from '#documents';
import { createModels, type Models } from '#models';
import type { ExecutorContext, StoredFile, TaskFiles, TaskFlows } from '../contract.ts';

export const BUCKET = 'flow-test';
export const log = createLog({ level: 'silent' });

/** A store of files in memory: what the platform's own says of unknown files, this says too. */
export function filesOf(
  files: Record<string, { bytes: Buffer; contentType: string; filename?: string | null; metadata?: JsonObject }>,
): TaskFiles {
  const stored = new Map(Object.entries(files));
  const keyOf = (uri: string): string => uri.replace(`gs://${BUCKET}/`, '');
  const describe = async (uri: string): Promise<StoredFile> => {
    const file = stored.get(keyOf(uri));
    if (file === undefined) throw notFound('File', uri);
    return {
      uri: `gs://${BUCKET}/${keyOf(uri)}`,
      filename: file.filename ?? null,
      contentType: file.contentType,
      sizeBytes: file.bytes.length,
      metadata: file.metadata ?? {},
    };
  };
  return {
    describe,
    async read(uri) {
      const file = stored.get(keyOf(uri));
      if (file === undefined) throw notFound('File', uri);
      return file.bytes;
    },
    async write(bytes, { filename, contentType }) {
      stored.set(filename, { bytes, contentType, filename });
      return describe(filename);
    },
  };
}

const noDocuments: DocumentReader = {
  read: async () => {
    throw new Error('this test reads no document');
  },
  close: async () => undefined,
};

export const localModels = (): Models => createModels({ defaultModel: 'local', fetch: globalThis.fetch, log });

/** Whatever is started has completed, and gave nothing. */
const completedFlows: TaskFlows = {
  start: async () => ({ run: { flowExecutionId: '01900000-0000-7000-8000-000000000001', status: 'completed', outputs: {} } }),
};

/** The context of one attempt; what a test does not name is harmless. */
export function contextOf(given: Partial<ExecutorContext> & { tasks?: Record<string, Json>; input?: JsonObject } = {}): ExecutorContext {
  const { tasks = {}, input = {}, ...rest } = given;
  return {
    signal: new AbortController().signal,
    idempotencyKey: 'key-1',
    attempt: 1,
    firstStartedAt: new Date(),
    now: () => new Date(),
    checkpoint: undefined,
    flowInput: input,
    scope: { tasks, input, execution: { id: 'e', flow_id: 'f' } },
    files: filesOf({}),
    documents: noDocuments,
    models: localModels(),
    flows: completedFlows,
    callOut: async () => {
      throw new Error('this test calls nobody');
    },
    deliveries: { record: async () => undefined },
    log,
    ...rest,
  };
}
