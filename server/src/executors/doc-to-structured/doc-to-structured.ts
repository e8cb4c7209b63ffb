import { type Static, Type } from 'typebox';
import type { Json, JsonObject } from '#base';
import { DEFAULT_LIMITS, type Document } from '#documents';
import type { Evidence, Extraction, FieldSpec } from '#models';
import { parametersOf } from '../check-parameters.ts';
import type { Executor, ExecutorContext, Outcome } from '../contract.ts';
import { aborted, failed, outcomeOfError } from '../outcomes.ts';
import { fieldsSchema, findFieldFault, toFieldSpecs } from './fields-parameter.ts';
import { type GivenDocument, givenDocument } from './given-document.ts';
import { structuredSchema } from './structured-schema.ts';

const parametersSchema = Type.Object(
  {
    fields: fieldsSchema,
    document_url: Type.Optional(
      Type.String({ minLength: 1, maxLength: 2048, description: 'gs:// URI of the file, most often {{<task>.document_url}}.' }),
    ),
    mime_type: Type.Optional(Type.Union([Type.String({ maxLength: 255 }), Type.Null()])),
    document: Type.Optional(
      Type.Unknown({ description: 'Instead of the file: the output of doc_to_text ({{<task>.output}}), its pages, or a text.' }),
    ),
    worker: Type.Optional(
      Type.Union([Type.String({ maxLength: 255 }), Type.Null()], {
        description: "The model: 'local' (rules, nothing leaves the server) or one that is configured.",
      }),
    ),
    model: Type.Optional(Type.Union([Type.String({ maxLength: 255 }), Type.Null()], { description: 'The same as worker.' })),
    instructions: Type.Optional(
      Type.Union([Type.String({ maxLength: 20_000 }), Type.Null()], { description: 'For a language model: what holds for all fields.' }),
    ),
    languages: Type.Optional(
      Type.Array(Type.Unsafe<string>({ type: 'string', enum: ['en', 'de', 'fr', 'es'] }), {
        minItems: 1,
        uniqueItems: true,
        description: 'Languages that scanned pages may be in; default en and de.',
      }),
    ),
    password: Type.Optional(Type.String({ maxLength: 1024, 'x-secret': true, description: 'Opens an encrypted PDF: {{secrets.NAME}}.' })),
  },
  { additionalProperties: false },
);
const check = parametersOf(parametersSchema);
type Parameters = Static<typeof parametersSchema>;

/** Words with their places wherever they can be had: the given pages, else the file; a bare text only where there is no file. */
async function documentOf(parameters: Parameters, context: ExecutorContext): Promise<GivenDocument | { outcome: Outcome }> {
  const given = parameters.document == null ? undefined : givenDocument(parameters.document as Json);
  if (given?.hasPlaces === true || (given !== undefined && parameters.document_url === undefined)) return given;
  if (parameters.document_url !== undefined) return readFile(parameters.document_url, parameters, context);
  const message =
    parameters.document == null
      ? 'There is no document: set document_url to {{<task>.document_url}}, or document to the output of doc_to_text.'
      : 'document is neither the output of doc_to_text, nor its pages, nor a text of at most 2,000,000 characters.';
  return { outcome: failed('invalid_parameters', message) };
}

async function readFile(uri: string, parameters: Parameters, context: ExecutorContext): Promise<GivenDocument | { outcome: Outcome }> {
  const file = await context.files.describe(uri);
  if (file.sizeBytes > DEFAULT_LIMITS.inputBytes) {
    return {
      outcome: failed('document_too_large', `The file has ${file.sizeBytes} bytes; at most ${DEFAULT_LIMITS.inputBytes} are read.`),
    };
  }
  const document: Document = await context.documents.read(await context.files.read(uri), {
    mimeType: parameters.mime_type ?? file.contentType,
    filename: file.filename ?? undefined,
    ...(parameters.languages === undefined ? {} : { languages: parameters.languages }),
    ...(parameters.password === undefined ? {} : { password: parameters.password }),
    signal: context.signal,
  });
  return { document, hasPlaces: true };
}

/** Of a bare text nobody can be shown the place, so that no threshold may accept its values. */
const withoutPlace = (evidence: Evidence): Evidence => ({
  ...evidence,
  confidence: 0,
  page: null,
  box: null,
  reason: `${evidence.reason.replace(/ on page \d+/g, '')}; the text came without its pages, so that the place cannot be shown`,
});

function evidenceOf(extraction: Extraction, hasPlaces: boolean): JsonObject {
  if (hasPlaces) return extraction.evidence as unknown as JsonObject;
  const entries = Object.entries(extraction.evidence).map(([id, evidence]) => [
    id,
    Array.isArray(evidence)
      ? evidence.map((row) => Object.fromEntries(Object.entries(row).map(([key, cell]) => [key, withoutPlace(cell)])))
      : withoutPlace(evidence),
  ]);
  return Object.fromEntries(entries);
}

const isFound = (value: Json | undefined): boolean =>
  value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0);

/** `confidence` is that of the least sure value that was found: what decides whether a person looks. */
function summaryOf(fields: FieldSpec[], extraction: Extraction, evidence: JsonObject, note: string | undefined): JsonObject {
  const found = fields.filter((field) => isFound(extraction.values[field.id]));
  const confidences = found.flatMap((field) => confidencesIn(evidence[field.id] ?? null));
  return {
    fields: fields.length,
    found: found.length,
    confidence: confidences.length === 0 ? 0 : Math.min(...confidences),
    model: extraction.model,
    ...(note === undefined ? {} : { note }),
    ...(extraction.usage === undefined
      ? {}
      : { usage: { input_tokens: extraction.usage.inputTokens, output_tokens: extraction.usage.outputTokens } }),
  };
}

function confidencesIn(evidence: Json): number[] {
  if (Array.isArray(evidence)) return evidence.flatMap((row) => Object.values(row as JsonObject).flatMap(confidencesIn));
  const confidence = (evidence as JsonObject | null)?.['confidence'];
  return typeof confidence === 'number' ? [confidence] : [];
}

async function run(raw: JsonObject, context: ExecutorContext): Promise<Outcome> {
  if (context.signal.aborted) return aborted();
  const checked = check(raw);
  if ('outcome' in checked) return checked.outcome;
  const fields = toFieldSpecs(checked.value.fields);
  const fault = findFieldFault(fields);
  if (fault !== undefined) return failed('invalid_parameters', fault);
  const { model, note } = context.models.resolve(checked.value.worker ?? checked.value.model ?? undefined);
  try {
    const given = await documentOf(checked.value, context);
    if ('outcome' in given) return given.outcome;
    const instructions = checked.value.instructions ?? '';
    const extraction = await model.extract(given.document, fields, { signal: context.signal, instructions, log: context.log });
    const evidence = evidenceOf(extraction, given.hasPlaces);
    const summary = summaryOf(fields, extraction, evidence, note);
    const missing = fields.filter((field) => !isFound(extraction.values[field.id])).map((field) => field.id);
    context.log.info({ ...summary, ...(missing.length === 0 ? {} : { missing }) }, 'read the fields');
    return { status: 'completed', output: { ...extraction.values, _evidence: evidence }, summary };
  } catch (error) {
    return outcomeOfError(error, context.signal);
  }
}

/** Reads named fields out of a document, each with its confidence and its place on the page. */
export const docToStructured: Executor = {
  name: 'doc_to_structured',
  title: 'Document to Structured Data',
  description: 'Reads named fields out of a document: each value typed, with its confidence, its page and its place on it.',
  agentPrompt:
    'Use it to get values out of an invoice, receipt, form or letter. Set document_url to {{<input task>.document_url}} (it reads the file itself), or document to {{<doc_to_text task>.output}}. ' +
    'List fields as {id, title, data_type, instructions, columns, values}; data_type is string, text, int, float, bool, date, datetime, money, email, phone, iban, url, enum (values), object or table (columns). ' +
    'An id that the paper might print as INV-0481 is a string, not an int. The output has one key per id, null where nothing was found, and _evidence.<id> with confidence 0..1, page, box, text and reason. ' +
    "worker 'local' needs no language model; another name uses the configured endpoint.",
  isInput: false,
  isSchedulable: false,
  parametersSchema: { ...parametersSchema },
  flowInputSchema: null,
  outputSchema: structuredSchema,
  defaultReferenceMode: 'single',
  pure: false,
  concurrency: 8,
  defaultTimeoutMs: 600_000,
  example: {
    definition: [
      'name: Read an invoice',
      'tasks:',
      '  - name: receive',
      '    task_executor_name: receive_file',
      '    parameters: {}',
      '  - name: invoice',
      '    task_executor_name: doc_to_structured',
      '    parameters:',
      '      document_url: "{{receive.document_url}}"',
      '      mime_type: "{{receive.mime_type}}"',
      '      worker: local',
      '      fields:',
      '        - { id: invoice_number, title: Invoice number, data_type: string }',
      '        - { id: invoice_date, title: Invoice date, data_type: date }',
      '        - { id: total, title: Total, data_type: money }',
      '',
    ].join('\n'),
    input: { file_key: 'documents/invoice.pdf' },
  },
  run,
};
