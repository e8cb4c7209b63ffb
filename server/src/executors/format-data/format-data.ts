import { Type } from 'typebox';
import { isJsonObject, type Json, type JsonObject, type JsonSchema } from '#base';
import { evaluateCel, renderLiquid } from '#language';
import { parametersOf } from '../check-parameters.ts';
import type { Executor, ExecutorContext, Outcome, TaskValues } from '../contract.ts';
import { aborted, failed, messageOf } from '../outcomes.ts';

const MAX_FIELDS = 500; // a record of more columns than that is a table

const parametersSchema = Type.Object(
  {
    template: Type.Optional(
      Type.String({ format: 'liquid', maxLength: 200_000, description: 'A Liquid template; its text is the field `text` of the output.' }),
    ),
    fields: Type.Optional(
      Type.Record(Type.String({ minLength: 1, maxLength: 200 }), Type.String({ format: 'cel', minLength: 1, maxLength: 20_000 }), {
        maxProperties: MAX_FIELDS,
        description: 'A CEL expression for each field of the output.',
      }),
    ),
  },
  { additionalProperties: false },
);
const check = parametersOf(parametersSchema);

/** `__proto__` as a key would be lost by whoever copies the object carelessly. */
const REFUSED_NAMES = new Set(['__proto__']);

function outputSchema(parameters: JsonObject): JsonSchema {
  const fields = parameters['fields'];
  if (!isJsonObject(fields))
    return { type: 'object', properties: { text: { type: 'string' } }, required: ['text'], additionalProperties: false };
  const names = Object.keys(fields).filter((name) => !REFUSED_NAMES.has(name));
  return { type: 'object', properties: Object.fromEntries(names.map((name) => [name, {}])), required: names, additionalProperties: false };
}

function formatText(template: string, values: TaskValues): Outcome {
  try {
    const text = renderLiquid(template, values);
    return { status: 'completed', output: { text }, summary: { characters: text.length } };
  } catch (error) {
    return failed('template_error', `The template could not be rendered: ${messageOf(error)}`);
  }
}

function formatFields(fields: Record<string, string>, values: TaskValues): Outcome {
  const entries: [string, Json][] = [];
  for (const [name, expression] of Object.entries(fields)) {
    if (REFUSED_NAMES.has(name)) return failed('invalid_parameters', `A field cannot be called '${name}'.`);
    try {
      entries.push([name, evaluateCel(expression, values)]);
    } catch (error) {
      return failed('expression_error', `The expression of '${name}' could not be evaluated: ${messageOf(error)}`, {
        details: { field: name },
      });
    }
  }
  return { status: 'completed', output: Object.fromEntries(entries), summary: { fields: entries.length } };
}

function compute(raw: JsonObject, values: TaskValues): Outcome {
  const checked = check(raw);
  if ('outcome' in checked) return checked.outcome;
  const { template, fields } = checked.value;
  if ((template === undefined) === (fields === undefined)) return failed('invalid_parameters', 'Give exactly one of template and fields.');
  return template === undefined ? formatFields(fields ?? {}, values) : formatText(template, values);
}

const run = async (parameters: JsonObject, context: ExecutorContext): Promise<Outcome> =>
  context.signal.aborted ? aborted() : compute(parameters, context.scope);

/** Shapes values: a text from a Liquid template, or an object from CEL expressions. What earlier tasks put out is data, never a template. */
export const formatData: Executor = {
  name: 'format_data',
  title: 'Format Data',
  description: 'Makes a text from a Liquid template, or an object from CEL expressions, out of earlier results.',
  agentPrompt:
    'Use it to shape, rename, combine or calculate values without a model. Give exactly one of template (Liquid; answers {text}) and fields ' +
    '(an object of CEL expressions; answers those fields with their types). Earlier tasks are read as <name>.<field>, or tasks["<name>"].<field> ' +
    'where the name is no identifier, in Liquid inside {{ }}; input, item and execution are there too.',
  isInput: false,
  isSchedulable: false,
  parametersSchema: { ...parametersSchema },
  flowInputSchema: null,
  outputSchema,
  defaultReferenceMode: 'single',
  pure: true,
  defaultTimeoutMs: 10_000,
  example: {
    definition: [
      'name: Format the name of a file',
      'tasks:',
      '  - name: receive',
      '    task_executor_name: receive_file',
      '    parameters: {}',
      '  - name: label',
      '    task_executor_name: format_data',
      '    parameters:',
      '      fields:',
      '        label: receive.filename + " (" + receive.mime_type + ")"',
      '        bytes: receive.size_bytes',
      '',
    ].join('\n'),
    input: { file_key: 'documents/report.pdf', filename: 'report.pdf' },
  },
  run,
  compute,
};
