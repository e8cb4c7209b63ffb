import { type Static, Type } from 'typebox';
import { FlowError, isJsonObject, type JsonObject, type JsonSchema } from '#base';
import { parametersOf } from '../check-parameters.ts';
import type { Executor, ExecutorContext, Outcome, StoredFile } from '../contract.ts';
import { findFormFault } from '../form/find-form-fault.ts';
import { toFormFields } from '../form/form-fields.ts';
import { formFieldsSchema } from '../form/form-parameter.ts';
import { formSchema } from '../form/form-schema.ts';
import { fillForm, findMisfit } from '../form/read-form.ts';
import { aborted, failed, outcomeOfError } from '../outcomes.ts';

/** Keys of the document that a form may carry; no field may take them. */
const DOCUMENT_KEYS = ['filename', 'mime_type', 'document_url', 'file_key', 'metadata'];

const parametersSchema = Type.Object(
  {
    fields: Type.Optional(formFieldsSchema(DOCUMENT_KEYS, 'The form. Without fields a run may be started with anything.')),
    document: Type.Optional(
      Type.Unsafe<'optional' | 'required' | 'none'>({
        type: 'string',
        enum: ['optional', 'required', 'none'],
        default: 'optional',
        title: 'Document',
        description: 'Whether the form carries an uploaded document.',
        examples: ['required'],
      }),
    ),
  },
  { additionalProperties: false },
);
const check = parametersOf(parametersSchema);
type Parameters = Static<typeof parametersSchema>;

const metadata: JsonSchema = { type: ['object', 'null'], description: 'Anything about this run; its scalar entries can be searched.' };
const documentProperties: JsonSchema = {
  filename: { type: ['string', 'null'], maxLength: 1024, description: 'Shown to people; default: the name it was uploaded under.' },
  mime_type: { type: ['string', 'null'], maxLength: 255, description: 'Default: the type that was found when it was uploaded.' },
  document_url: { type: ['string', 'null'], maxLength: 2048, description: 'gs:// URI of an uploaded file.' },
  file_key: { type: ['string', 'null'], maxLength: 2048, description: 'Instead of document_url: key of an uploaded file.' },
};

/** The document must be named by a text, by either of its keys. */
const documentRequired: JsonSchema = {
  anyOf: ['document_url', 'file_key'].map((key) => ({ properties: { [key]: { type: 'string', minLength: 1 } }, required: [key] })),
};

/** What was written under `fields` may still be wrong, or a reference. */
function inputSchema(parameters: JsonObject): JsonSchema {
  const fields = toFormFields(parameters['fields']).filter(({ id }) => !DOCUMENT_KEYS.includes(id));
  const form = formSchema(fields);
  const properties = { ...(parameters['document'] === 'none' ? {} : documentProperties), metadata, ...form.properties };
  return {
    type: 'object',
    properties,
    required: form.required,
    ...(fields.length === 0 ? {} : { additionalProperties: false }),
    ...(parameters['document'] === 'required' ? documentRequired : {}),
  };
}

function outputSchema(parameters: JsonObject): JsonSchema {
  const fields = toFormFields(parameters['fields']).filter(({ id }) => !DOCUMENT_KEYS.includes(id));
  const form = formSchema(fields, { filled: true });
  const text = (isThere: boolean) => ({ type: isThere ? 'string' : ['string', 'null'] });
  const isThere = parameters['document'] === 'required';
  return {
    ...form,
    properties: {
      filename: text(false),
      mime_type: text(isThere),
      document_url: text(isThere),
      metadata: { type: 'object' },
      ...form.properties,
    },
    required: ['filename', 'mime_type', 'document_url', 'metadata', ...form.required],
  };
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

async function run(raw: JsonObject, context: ExecutorContext): Promise<Outcome> {
  if (context.signal.aborted) return aborted();
  const checked = check(raw);
  if ('outcome' in checked) return checked.outcome;
  const written = checked.value.fields ?? [];
  const fields = toFormFields(written);
  const fault = findFormFault(written, fields);
  if (fault !== undefined) return failed('invalid_parameters', fault);
  const input = context.flowInput;
  const misfit = findMisfit(inputSchema(raw), input);
  if (misfit !== undefined) return misfit;
  const document = await describeDocument(checked.value, context);
  if ('outcome' in document) return document.outcome;
  const { file } = document;
  const output = {
    filename: textOf(input['filename']) ?? file?.filename ?? null,
    mime_type: textOf(input['mime_type']) ?? file?.contentType ?? null,
    document_url: file?.uri ?? null,
    metadata: isJsonObject(input['metadata']) ? input['metadata'] : (file?.metadata ?? {}),
    ...fillForm(fields, input),
  };
  return { status: 'completed', output, summary: { fields: fields.length, filename: output.filename } };
}

/** The uploaded file that the input names, if it names one. */
async function describeDocument(
  parameters: Parameters,
  context: ExecutorContext,
): Promise<{ file: StoredFile | undefined } | { outcome: Outcome }> {
  const uri = parameters.document === 'none' ? null : (textOf(context.flowInput['document_url']) ?? textOf(context.flowInput['file_key']));
  if (uri === null) return { file: undefined };
  try {
    return { file: await context.files.describe(uri) };
  } catch (error) {
    if (!(error instanceof FlowError && error.status === 404)) return { outcome: outcomeOfError(error, context.signal) };
    const message = `There is no uploaded file '${uri.slice(0, 200)}': upload it first, and use the file_key of that answer.`;
    return { outcome: failed('not_found', message) };
  }
}

/** Starts a flow with the values of a form that the flow declares, and a document where there is one. */
export const customFormInput: Executor = {
  name: 'custom_form_input',
  title: 'Custom Form',
  description: 'Starts the flow with the values of a form, checked field by field, and with an uploaded document where there is one.',
  agentPrompt:
    'Use it as the first task of a flow that people or programs start with values of their own. fields declares the form: a list of {id, title, description, data_type, required, options, default, columns}; ' +
    'data_type is string, text, int, float, bool, date, datetime, money, email, phone, iban, url, enum (options), list, object or table (columns). The run is started with one key per field, and with document_url or file_key, filename, mime_type, metadata; document says whether a document is optional, required or none. ' +
    'Without fields ({}) any input is taken. It answers filename, mime_type, document_url (null without a document), metadata, and every field: its value, else its default, else null.',
  isInput: true,
  isSchedulable: false,
  parametersSchema: { ...parametersSchema },
  flowInputSchema: inputSchema({}),
  inputSchema,
  outputSchema,
  defaultReferenceMode: 'single',
  pure: false,
  defaultTimeoutMs: 30_000,
  example: {
    definition: [
      'name: A claim with its document',
      'tasks:',
      '  - name: claim',
      '    task_executor_name: custom_form_input',
      '    parameters:',
      '      document: required',
      '      fields:',
      '        - { id: customer, title: Customer, data_type: string, required: true }',
      '        - { id: amount, title: Amount, data_type: money }',
      '        - { id: priority, title: Priority, data_type: enum, options: [low, high], default: low }',
      '  - name: label',
      '    task_executor_name: format_data',
      '    parameters: { template: "{{ claim.priority }}: {{ claim.customer }}, {{ claim.filename }}" }',
      '',
    ].join('\n'),
    input: { file_key: 'documents/report.pdf', customer: 'Example Trading Ltd.', amount: 120.5 },
  },
  run,
};
