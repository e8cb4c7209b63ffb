import { Type } from 'typebox';
import { FlowError, isJsonObject, type JsonObject, type JsonSchema } from '#base';
import type { Executor, ExecutorContext, Outcome, StoredFile } from '../contract.ts';
import { aborted, failed, outcomeOfError } from '../outcomes.ts';

const parametersSchema = Type.Object({}, { additionalProperties: false });

const flowInputSchema: JsonSchema = {
  type: 'object',
  properties: {
    file_key: { type: 'string', minLength: 1, maxLength: 2048, description: 'Key of an uploaded file, as the upload URL answered it.' },
    document_url: { type: 'string', minLength: 1, maxLength: 2048, description: 'gs:// URI of an uploaded file.' },
    filename: { type: ['string', 'null'], maxLength: 1024, description: 'Shown to people; default: the name it was uploaded under.' },
    mime_type: { type: ['string', 'null'], maxLength: 255, description: 'Default: the type that was found when it was uploaded.' },
    metadata: { type: ['object', 'null'], description: 'Anything about this run; its scalar entries can be searched.' },
  },
  anyOf: [{ required: ['file_key'] }, { required: ['document_url'] }],
};

const outputSchema: JsonSchema = {
  type: 'object',
  properties: {
    document_url: { type: 'string' },
    file_key: { type: 'string' },
    filename: { type: ['string', 'null'] },
    mime_type: { type: 'string' },
    size_bytes: { type: 'integer' },
    metadata: { type: 'object' },
  },
  required: ['document_url', 'file_key', 'filename', 'mime_type', 'size_bytes', 'metadata'],
  additionalProperties: false,
};

/** The path behind the bucket of a gs:// URI: what the wire calls file_key. */
const keyOf = (uri: string): string => uri.replace(/^gs:\/\/[^/]*\//, '');

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** Both names may be given; then they must mean one file (core.md section 3). */
function findMismatch(input: JsonObject, file: StoredFile): string | undefined {
  const given = textOf(input['file_key']);
  const url = textOf(input['document_url']);
  if (given === undefined || url === undefined || given === file.uri || given === keyOf(file.uri)) return undefined;
  return `file_key '${given.slice(0, 200)}' and document_url '${url.slice(0, 200)}' are two different files: give one of them, or both of the same file`;
}

function outputOf(input: JsonObject, file: StoredFile): JsonObject {
  return {
    document_url: file.uri,
    file_key: keyOf(file.uri),
    filename: textOf(input['filename']) ?? file.filename,
    mime_type: textOf(input['mime_type']) ?? file.contentType,
    size_bytes: file.sizeBytes,
    metadata: isJsonObject(input['metadata']) ? input['metadata'] : file.metadata,
  };
}

async function run(_parameters: JsonObject, context: ExecutorContext): Promise<Outcome> {
  if (context.signal.aborted) return aborted();
  const input = context.flowInput;
  const uri = textOf(input['document_url']) ?? textOf(input['file_key']);
  if (uri === undefined) {
    return failed('invalid_input', 'The input names no file: give file_key (from the upload URL) or document_url (a gs:// URI).');
  }
  try {
    const file = await context.files.describe(uri);
    const mismatch = findMismatch(input, file);
    if (mismatch !== undefined) return failed('invalid_input', mismatch);
    const output = outputOf(input, file);
    return { status: 'completed', output, summary: { filename: output['filename'] ?? null, size_bytes: file.sizeBytes } };
  } catch (error) {
    if (error instanceof FlowError && error.status === 404) {
      return failed('not_found', `There is no uploaded file '${uri.slice(0, 200)}': upload it first, and use the file_key of that answer.`);
    }
    return outcomeOfError(error, context.signal);
  }
}

/** Starts a flow with one uploaded file, and hands its address and type to the tasks behind it. */
export const receiveFile: Executor = {
  name: 'receive_file',
  title: 'Receive File',
  description: 'Starts the flow with one uploaded file and passes on its address, type and name.',
  agentPrompt:
    'Use it as the first task of a flow that works on a document. It takes no parameters. The run is started with {"document_url": "gs://..."} or {"file_key": "..."} ' +
    'from the upload, and optionally filename, mime_type and metadata. Refer to {{<task>.document_url}}, {{<task>.mime_type}}, {{<task>.filename}}, {{<task>.metadata}}.',
  isInput: true,
  isSchedulable: false,
  parametersSchema: { ...parametersSchema },
  flowInputSchema,
  outputSchema: () => outputSchema,
  defaultReferenceMode: 'single',
  pure: false,
  defaultTimeoutMs: 30_000,
  example: {
    definition: [
      'name: Receive a file',
      'tasks:',
      '  - name: receive',
      '    task_executor_name: receive_file',
      '    parameters: {}',
      '',
    ].join('\n'),
    input: { file_key: 'documents/report.pdf' },
  },
  run,
};
