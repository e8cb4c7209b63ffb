import { type Static, Type } from 'typebox';
import type { Json, JsonObject } from '#base';
import type { Extraction, FieldSpec, Model } from '#models';
import { parametersOf } from '../check-parameters.ts';
import type { Executor, ExecutorContext, Outcome } from '../contract.ts';
import { aborted, failed, outcomeOfError } from '../outcomes.ts';
import { confidencesIn, mapRow, withoutPlace } from './evidence.ts';
import { type BoundField, extractFromDocuments } from './extract-from-documents.ts';
import { fieldsSchema, findFieldFault, toFieldSpecs, type WireField, withColumns } from './fields-parameter.ts';
import { documentOf, documentsOf, documentsSchema, type NamedDocument } from './given-documents.ts';
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
    documents: Type.Optional(documentsSchema),
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

const isFound = (value: Json | undefined): boolean =>
  value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0);

/** `confidence` is that of the least sure value that was found: what decides whether a person looks. */
function summaryOf(fields: FieldSpec[], extraction: Extraction, evidence: JsonObject, note: string | undefined): JsonObject {
  const found = fields.filter((field) => isFound(extraction.values[field.id]));
  const confidences = found.flatMap((field) => confidencesIn(extraction.values[field.id] ?? null, evidence[field.id] ?? null));
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

type Read = { extraction: Extraction; evidence: JsonObject } | { outcome: Outcome };

/** Reads the one document, or the several. */
async function extract(parameters: Parameters, fields: FieldSpec[], model: Model, context: ExecutorContext): Promise<Read> {
  const options = { signal: context.signal, instructions: parameters.instructions ?? '', log: context.log };
  if (parameters.documents === undefined) {
    const given = await documentOf(parameters, parameters, context);
    if ('outcome' in given) return given;
    const extraction = await model.extract(given.document, fields, options);
    const evidence = given.hasPlaces ? extraction.evidence : mapRow(extraction.evidence, withoutPlace);
    return { extraction, evidence: evidence as unknown as JsonObject };
  }
  if (parameters.document != null || parameters.document_url !== undefined)
    return { outcome: failed('invalid_parameters', 'There are both one document and documents: give one of them.') };
  const documents = await documentsOf(parameters.documents, parameters, context);
  if ('outcome' in documents) return documents;
  const bound = bindFields(parameters.fields, fields, documents);
  if ('fault' in bound) return { outcome: failed('invalid_parameters', bound.fault) };
  const extraction = await extractFromDocuments(bound.fields, documents, (given, specs) => model.extract(given.document, specs, options));
  return { extraction, evidence: extraction.evidence as unknown as JsonObject };
}

/** Each field with the place of the document that it names. */
function bindFields(wire: WireField[], specs: FieldSpec[], documents: NamedDocument[]): { fields: BoundField[] } | { fault: string } {
  const fields: BoundField[] = [];
  for (const [index, spec] of specs.entries()) {
    const named = wire[index]?.document ?? undefined;
    const place = typeof named === 'string' ? documents.findIndex((document) => document.name === named) : named;
    if (place !== undefined && documents[place] === undefined)
      return { fault: `fields.${index}.document: there is no document '${named}' among the ${documents.length} given` };
    fields.push({ spec, document: place });
  }
  return { fields };
}

async function run(raw: JsonObject, context: ExecutorContext): Promise<Outcome> {
  if (context.signal.aborted) return aborted();
  const checked = check(withColumns(raw));
  if ('outcome' in checked) return checked.outcome;
  const fields = toFieldSpecs(checked.value.fields);
  const fault = findFieldFault(fields);
  if (fault !== undefined) return failed('invalid_parameters', fault);
  const { model, note } = context.models.resolve(checked.value.worker ?? checked.value.model ?? undefined);
  try {
    const read = await extract(checked.value, fields, model, context);
    if ('outcome' in read) return read.outcome;
    const { extraction, evidence } = read;
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
    'List fields as {id, title, data_type, instructions, columns, values}; data_type is string, text, int, float, bool, date, datetime, money, email, phone, iban, url, enum (values), object (fields) or table (columns; list is the same): both may nest. ' +
    'For several documents give documents: [{name, document_url}] and say document: <name> on a field that belongs to one of them. ' +
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
