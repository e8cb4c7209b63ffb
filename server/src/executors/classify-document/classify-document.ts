import { type Static, Type } from 'typebox';
import type { Json, JsonObject, JsonSchema } from '#base';
import type { Classification, ClassSpec } from '#models';
import { parametersOf } from '../check-parameters.ts';
import type { Executor, ExecutorContext, Outcome } from '../contract.ts';
import { aborted, outcomeOfError } from '../outcomes.ts';
import { classesSchema, toClassSpecs, writtenNames } from './classes-parameter.ts';
import { documentParameters, readDocument } from './read-document.ts';

const UNKNOWN = 'unknown';
const DEFAULT_THRESHOLD = 0.5;

const modelName = (description: string) =>
  Type.Optional(Type.Union([Type.String({ maxLength: 255 }), Type.Null()], { title: 'Model', description, examples: ['local'] }));

const parametersSchema = Type.Object(
  {
    classes: classesSchema,
    ...documentParameters,
    threshold: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1,
        default: DEFAULT_THRESHOLD,
        title: 'Threshold',
        description: 'A document whose best class is less sure than this is of class `unknown`.',
        examples: [0.7],
      }),
    ),
    allow_unknown: Type.Optional(
      Type.Boolean({
        default: true,
        title: 'Allow unknown',
        description: 'False: the best class is always taken, however unsure.',
        examples: [false],
      }),
    ),
    worker: modelName("The model: 'local' (rules, nothing leaves the server) or one that is configured."),
    model: modelName('The same as worker.'),
    instructions: Type.Optional(
      Type.Union([Type.String({ maxLength: 20_000 }), Type.Null()], {
        title: 'Instructions',
        description: 'For a language model: what holds for all classes.',
        examples: ['Reminders are letters, not invoices.'],
      }),
    ),
  },
  { additionalProperties: false },
);
const check = parametersOf(parametersSchema);
type Parameters = Static<typeof parametersSchema>;

/** The classes, and `unknown` where it may be. */
const routes = (parameters: JsonObject): string[] => [
  ...new Set([...writtenNames(parameters), ...(parameters['allow_unknown'] === false ? [] : [UNKNOWN])]),
];

const share = { type: 'number', minimum: 0, maximum: 1 };

function outputSchema(parameters: JsonObject): JsonSchema {
  const names = writtenNames(parameters);
  const isKnown = names.length > 0;
  const scores = isKnown
    ? { properties: Object.fromEntries(names.map((name) => [name, share])), required: names, additionalProperties: false }
    : {};
  return {
    type: 'object',
    properties: {
      class: { type: 'string', ...(isKnown ? { enum: routes(parameters) } : {}), description: 'The class, or `unknown`.' },
      confidence: { ...share, description: 'That the class is right; of `unknown`, that none of them is.' },
      scores: { type: 'object', ...scores, description: 'How far each class fits; what they leave of 1 is the share of none of them.' },
      reason: { type: 'string', description: 'What spoke for the best class: for people.' },
      evidence: {
        type: 'array',
        description: 'Words on the pages that spoke for the best class; none where the pages are not known.',
        items: {
          type: 'object',
          properties: {
            text: { type: 'string' },
            page: { type: 'integer', minimum: 1 },
            box: { type: 'array', items: share, minItems: 4, maxItems: 4 },
          },
          required: ['text', 'page', 'box'],
          additionalProperties: false,
        },
      },
    },
    required: ['class', 'confidence', 'scores', 'reason', 'evidence'],
    additionalProperties: false,
  };
}

/** Classes of one name are one class: their shares add up. */
function scoresByName(classes: ClassSpec[], { scores }: Classification): Map<string, number> {
  const byName = new Map<string, number>();
  for (const [index, { name }] of classes.entries()) {
    const sum = (byName.get(name) ?? 0) + (scores[index] ?? 0);
    byName.set(name, Math.min(1, Math.round(sum * 1000) / 1000));
  }
  return byName;
}

function toOutcome(parameters: Parameters, classes: ClassSpec[], found: Classification, note: string | undefined): Outcome {
  const scores = scoresByName(classes, found);
  const best = classes[found.best]?.name ?? UNKNOWN;
  const sureness = Math.min(1, Math.max(found.confidence, scores.get(best) ?? 0));
  const isUnknown = parameters.allow_unknown !== false && sureness < (parameters.threshold ?? DEFAULT_THRESHOLD);
  const name = isUnknown ? UNKNOWN : best;
  const confidence = isUnknown && name !== best ? Math.round((1 - sureness) * 1000) / 1000 : sureness;
  const { reason, evidence, model, usage } = found;
  return {
    status: 'completed',
    output: { class: name, confidence, scores: Object.fromEntries(scores), reason, evidence: evidence as unknown as Json },
    summary: {
      class: name,
      confidence,
      model,
      ...(note === undefined ? {} : { note }),
      ...(usage === undefined ? {} : { usage: { input_tokens: usage.inputTokens, output_tokens: usage.outputTokens } }),
    },
    routes: [name],
  };
}

async function run(raw: JsonObject, context: ExecutorContext): Promise<Outcome> {
  if (context.signal.aborted) return aborted();
  const checked = check(raw);
  if ('outcome' in checked) return checked.outcome;
  const parameters = checked.value;
  const classes = toClassSpecs(parameters.classes);
  const { model, note } = context.models.resolve(parameters.worker ?? parameters.model ?? undefined);
  try {
    const document = await readDocument(parameters, context);
    if ('outcome' in document) return document.outcome;
    const instructions = parameters.instructions ?? '';
    const found = await model.classify(document, classes, { signal: context.signal, instructions, log: context.log });
    return toOutcome(parameters, classes, found, note);
  } catch (error) {
    return outcomeOfError(error, context.signal);
  }
}

/** Tells which kind of document a document is, and lets the flow follow. */
export const classifyDocument: Executor = {
  name: 'classify_document',
  title: 'Classify Document',
  description:
    'Tells which of several classes a document or text belongs to, with its confidence and the words that say so; tasks may follow the class.',
  agentPrompt:
    'Use it where documents of several kinds come in and each is treated in its own way. List classes as names or {name, description, examples, keywords}; set document_url to {{<input task>.document_url}} (it reads the file itself), document to {{<doc_to_text task>.output}}, or text to a text. ' +
    'A document that no class fits with confidence of at least threshold (default 0.5) is of class unknown, unless allow_unknown is false. It answers class, confidence, scores by class, reason and evidence. ' +
    'A task follows a class by depends_on: ["<task>.<class>"], as of a branch; the route of the rest is unknown. ' +
    "worker 'local' needs no language model and knows invoices, receipts, contracts, letters, CVs, orders and other usual kinds by their names alone; give descriptions or keywords for kinds of your own.",
  isInput: false,
  isSchedulable: false,
  parametersSchema: { ...parametersSchema },
  flowInputSchema: null,
  outputSchema,
  routes,
  defaultReferenceMode: 'single',
  pure: false,
  concurrency: 8,
  defaultTimeoutMs: 600_000,
  example: {
    definition: [
      'name: Sort what comes in',
      'tasks:',
      '  - name: receive',
      '    task_executor_name: receive_file',
      '    parameters: {}',
      '  - name: kind',
      '    task_executor_name: classify_document',
      '    parameters:',
      '      document_url: "{{receive.document_url}}"',
      '      mime_type: "{{receive.mime_type}}"',
      '      worker: local',
      '      classes:',
      '        - invoice',
      '        - name: contract',
      '          description: Agreements with customers and suppliers',
      '        - name: complaint',
      '          keywords: [complain, disappointed, refund]',
      '  - name: invoice',
      '    task_executor_name: doc_to_structured',
      '    depends_on: [kind.invoice]',
      '    parameters:',
      '      document_url: "{{receive.document_url}}"',
      '      worker: local',
      '      fields: [{ id: total, title: Total, data_type: money }]',
      '  - name: put aside',
      '    task_executor_name: format_data',
      '    depends_on: [kind.unknown]',
      '    parameters: { template: "What is {{ receive.filename }}?" }',
      '',
    ].join('\n'),
    input: { file_key: 'documents/invoice.pdf' },
  },
  run,
};
