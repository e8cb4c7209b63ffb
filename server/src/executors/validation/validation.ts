import { Type } from 'typebox';
import type { Json, JsonObject, JsonSchema } from '#base';
import { parametersOf } from '../check-parameters.ts';
import type { Executor, ExecutorContext, Outcome, TaskValues } from '../contract.ts';
import { createEvaluation, type Evaluation } from '../evaluate-expressions.ts';
import { aborted, failed } from '../outcomes.ts';
import { type OnFailure, onFailureSchema, type Rule, rulesSchema } from './rules-parameter.ts';

const parametersSchema = Type.Object(
  {
    rules: rulesSchema,
    on_failure: Type.Optional(
      onFailureSchema(
        'What a rule of severity `error` that is not met does. `fail` (default): the task fails. `route`: the route `invalid` is taken instead of `valid`. `flag`: it is only noted in the output.',
      ),
    ),
    data: Type.Optional(
      Type.Unknown({
        title: 'Data',
        description: 'Passed on unchanged as `data` of the output, most often {{<task>.output}}.',
        examples: ['{{invoice.output}}'],
      }),
    ),
  },
  { additionalProperties: false },
);
const check = parametersOf(parametersSchema);

interface Violation {
  rule: string;
  severity: 'error' | 'warning';
  message: string;
  on_failure: OnFailure;
}

const violationSchema: JsonSchema = {
  type: 'object',
  properties: {
    rule: { type: 'string' },
    severity: { type: 'string', enum: ['error', 'warning'] },
    message: { type: 'string' },
  },
  required: ['rule', 'severity', 'message'],
  additionalProperties: false,
};

function outputSchema(parameters: JsonObject): JsonSchema {
  const hasData = Object.hasOwn(parameters, 'data');
  return {
    type: 'object',
    properties: {
      valid: { type: 'boolean', description: 'No rule of severity error is broken.' },
      violations: { type: 'array', items: violationSchema },
      messages: { type: 'array', items: { type: 'string' }, description: 'Those of the violations.' },
      ...(hasData ? { data: {} } : {}),
    },
    required: ['valid', 'violations', 'messages', ...(hasData ? ['data'] : [])],
    additionalProperties: false,
  };
}

/** The violation, `undefined` where the rule is met or left out, or the failed outcome of what could not be judged. */
function judge(rule: Rule, index: number, otherwise: OnFailure, evaluation: Evaluation): Violation | undefined | { outcome: Outcome } {
  const name = rule.name ?? `rule ${index + 1}`;
  const at = (key: 'check' | 'when' | 'message', source: string) => ({
    label: `rule '${name}'`,
    place: `parameters.rules.${index}.${key}`,
    source,
  });
  const applies = rule.when === undefined || evaluation.condition(at('when', rule.when));
  if (typeof applies === 'object') return applies;
  const isMet = !applies || evaluation.condition(at('check', rule.check));
  if (typeof isMet === 'object') return isMet;
  if (isMet) return undefined;
  const message = rule.message === undefined ? `The rule '${name}' is not met` : evaluation.text(at('message', rule.message));
  if (typeof message === 'object') return message;
  return { rule: name, severity: rule.severity ?? 'error', message, on_failure: rule.on_failure ?? otherwise };
}

const shown = ({ rule, severity, message }: Violation): JsonObject => ({ rule, severity, message });

function failure(errors: Violation[], violations: Violation[]): Outcome {
  const messages = errors.map((violation) => violation.message.slice(0, 300)).join('; ');
  const rules = errors.length === 1 ? 'A rule is' : `${errors.length} rules are`;
  return failed('validation_failed', `${rules} not met: ${messages}`.slice(0, 2000), { details: violations.map(shown) });
}

function compute(raw: JsonObject, values: TaskValues): Outcome {
  const checked = check(raw);
  if ('outcome' in checked) return checked.outcome;
  const { rules, on_failure: onFailure = 'fail', data } = checked.value;
  const evaluation = createEvaluation(values);
  const violations: Violation[] = [];
  for (const [index, rule] of rules.entries()) {
    const result = judge(rule, index, onFailure, evaluation);
    if (result === undefined) continue;
    if ('outcome' in result) return result.outcome;
    violations.push(result);
  }
  const errors = violations.filter(({ severity }) => severity === 'error');
  if (errors.some((violation) => violation.on_failure === 'fail')) return failure(errors, violations);
  const isDiverted = errors.some((violation) => violation.on_failure === 'route');
  const output: JsonObject = {
    valid: errors.length === 0,
    violations: violations.map(shown),
    messages: violations.map(({ message }) => message),
    ...(data === undefined ? {} : { data: data as Json }),
  };
  return {
    status: 'completed',
    output,
    summary: { valid: errors.length === 0, rules: rules.length, violations: violations.length },
    routes: [isDiverted ? 'invalid' : 'valid'],
  };
}

const run = async (parameters: JsonObject, context: ExecutorContext): Promise<Outcome> =>
  context.signal.aborted ? aborted() : compute(parameters, context.scope);

/** Judges data by rules: what breaks one fails the task, takes another route, or is noted. */
export const validation: Executor = {
  name: 'validation',
  title: 'Validation',
  description: 'Judges earlier results by rules with messages: what breaks a rule fails the task, takes another route, or is noted.',
  agentPrompt:
    'Use it to check extracted values before they are used. Give rules, a list of {name, check, message, when, severity, on_failure}: check is a CEL expression that is true where all is well (invoice.net + invoice.tax == invoice.total), ' +
    'message a Liquid text, when a CEL expression that leaves the rule out where it is false (invoice.tax != null), severity error or warning. on_failure, of a rule or of all, is fail (the task fails with code validation_failed, and its details list every broken rule), ' +
    'route (the route invalid is taken instead of valid: tasks follow by depends_on: ["<task>.invalid"]) or flag (only noted). A check that reads null or a missing field fails the task: test for null in when. ' +
    'data, often {{<task>.output}}, is passed on. It answers valid, violations [{rule, severity, message}], messages and data.',
  isInput: false,
  isSchedulable: false,
  parametersSchema: { ...parametersSchema },
  flowInputSchema: null,
  passesOn: { parameter: 'data', as: 'data' },
  outputSchema,
  routes: () => ['valid', 'invalid'],
  defaultReferenceMode: 'single',
  pure: true,
  defaultTimeoutMs: 10_000,
  example: {
    definition: [
      'name: Check a file',
      'tasks:',
      '  - name: receive',
      '    task_executor_name: receive_file',
      '    parameters: {}',
      '  - name: check',
      '    task_executor_name: validation',
      '    parameters:',
      '      on_failure: route',
      '      data: "{{receive.output}}"',
      '      rules:',
      '        - name: is not empty',
      '          check: receive.size_bytes > 0',
      '          message: "{{ receive.filename }} is empty"',
      '        - name: has a name',
      '          severity: warning',
      '          check: receive.filename != null',
      '  - name: go on',
      '    task_executor_name: format_data',
      '    depends_on: [check.valid]',
      '    parameters: { template: "{{ check.data.filename }} is fine" }',
      '  - name: complain',
      '    task_executor_name: format_data',
      '    depends_on: [check.invalid]',
      '    parameters: { template: "{{ check.messages | join: \', \' }}" }',
      '',
    ].join('\n'),
    input: { file_key: 'documents/report.pdf' },
  },
  run,
  compute,
};
