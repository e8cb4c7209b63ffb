import { Type } from 'typebox';
import type { JsonObject, JsonSchema } from '#base';
import { parametersOf } from '../check-parameters.ts';
import type { Executor, ExecutorContext, Outcome } from '../contract.ts';
import { findFormFault } from '../form/find-form-fault.ts';
import { toFormFields } from '../form/form-fields.ts';
import { formFieldsSchema } from '../form/form-parameter.ts';
import { formSchema } from '../form/form-schema.ts';
import { findMisfit } from '../form/read-form.ts';
import { aborted, failed } from '../outcomes.ts';

const parametersSchema = Type.Object(
  { fields: Type.Optional(formFieldsSchema([], 'What must be sent, and nothing besides. Without fields anything may be sent.')) },
  { additionalProperties: false },
);
const check = parametersOf(parametersSchema);

/** What is sent becomes the output as it is: nothing is filled in. */
function sentSchema(parameters: JsonObject): JsonSchema {
  const fields = toFormFields(parameters['fields']);
  return fields.length === 0 ? { type: 'object' } : { ...formSchema(fields) };
}

async function run(raw: JsonObject, context: ExecutorContext): Promise<Outcome> {
  if (context.signal.aborted) return aborted();
  const checked = check(raw);
  if ('outcome' in checked) return checked.outcome;
  const written = checked.value.fields ?? [];
  const fault = findFormFault(written, toFormFields(written));
  if (fault !== undefined) return failed('invalid_parameters', fault);
  const misfit = findMisfit(sentSchema(raw), context.flowInput);
  return misfit ?? { status: 'completed', output: context.flowInput, summary: { fields: Object.keys(context.flowInput).length } };
}

/** Starts a flow with what another system sends: the run's input, as it is. */
export const webhookReceive: Executor = {
  name: 'webhook_receive',
  title: 'Receive Webhook',
  description: 'Starts the flow with the data that another system sends; what was sent becomes the output.',
  agentPrompt:
    'Use it as the first task of a flow that another system starts with its own data, by POST /api/flow-executions; to wait for data in the middle of a run use webhook_receiver. fields declares what must be sent: ' +
    'a list of {id, title, data_type, required, options, columns}, data_type as of custom_form_input; without fields any object is taken. It answers exactly what was sent.',
  isInput: true,
  isSchedulable: false,
  parametersSchema: { ...parametersSchema },
  flowInputSchema: sentSchema({}),
  inputSchema: sentSchema,
  outputSchema: sentSchema,
  defaultReferenceMode: 'single',
  pure: false,
  defaultTimeoutMs: 30_000,
  example: {
    definition: [
      'name: An order comes in',
      'tasks:',
      '  - name: order',
      '    task_executor_name: webhook_receive',
      '    parameters: {}',
      '  - name: label',
      '    task_executor_name: format_data',
      '    parameters: { template: "Order {{ order.number }}" }',
      '',
    ].join('\n'),
    input: { number: 'A-17', quantity: 3 },
  },
  run,
};
