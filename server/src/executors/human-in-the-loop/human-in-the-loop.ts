import type { Static } from 'typebox';
import { isJsonObject, type Json, type JsonObject } from '#base';
import { parametersOf } from '../check-parameters.ts';
import type { Executor, ExecutorContext, Outcome, TaskValues } from '../contract.ts';
import { createEvaluation } from '../evaluate-expressions.ts';
import { aborted } from '../outcomes.ts';
import { TIMED_OUT, waitForEvent } from '../wait-limit.ts';
import { findUncertain } from './find-uncertain.ts';
import { reviewParameters } from './review-parameters.ts';

const DEFAULT_THRESHOLD = 0.8;
const MAX_SHOWN = 500; // uncertain values that are kept with the task: whoever has more looks at all of them

const check = parametersOf(reviewParameters);
type Parameters = Static<typeof reviewParameters>;

/** The messages whose condition is true, rendered; or the failed outcome of one that cannot be. */
function messagesOf(given: Parameters['human_messages'], values: TaskValues): string[] | { outcome: Outcome } {
  const evaluation = createEvaluation(values);
  const messages: string[] = [];
  for (const [index, entry] of (given ?? []).entries()) {
    const at = (key: 'when' | 'message', source: string) => ({
      label: `message ${index + 1}`,
      place: `parameters.human_messages.${index}.${key}`,
      source,
    });
    const isShown = typeof entry === 'string' || entry.when === undefined || evaluation.condition(at('when', entry.when));
    if (typeof isShown === 'object') return isShown;
    if (!isShown) continue;
    const text = typeof entry === 'string' ? entry : evaluation.text(at('message', entry.message));
    if (typeof text === 'object') return text;
    messages.push(text);
  }
  return messages;
}

/** What the reviewer is given, but for the data, which are the task's input. */
function reviewOf(parameters: Parameters, messages: string[], uncertain: JsonObject[]): JsonObject {
  const { documents } = parameters;
  return {
    waits_for: 'review',
    instructions: parameters.instructions ?? null,
    human_messages: messages,
    documents: typeof documents === 'string' ? [documents] : (documents ?? []),
    uncertain: uncertain.slice(0, MAX_SHOWN),
    uncertain_count: uncertain.length,
    is_editable: parameters.is_editable ?? true,
    assigned_users: parameters.assigned_users ?? [],
    assigned_worker_groups: parameters.assigned_worker_groups ?? [],
    review_timeout_minutes: parameters.review_timeout_minutes ?? null,
  };
}

async function run(raw: JsonObject, context: ExecutorContext): Promise<Outcome> {
  if (context.signal.aborted) return aborted();
  const checked = check(raw);
  if ('outcome' in checked) return checked.outcome;
  const parameters = checked.value;
  const messages = messagesOf(parameters.human_messages, context.scope);
  if ('outcome' in messages) return messages.outcome;
  const data = (parameters.data ?? null) as Json;
  const { uncertain, judged } = findUncertain(data, {
    fields: parameters.fields,
    threshold: parameters.threshold ?? DEFAULT_THRESHOLD,
    thresholds: parameters.thresholds ?? {},
    ignoreMissing: parameters.ignore_missing === true,
  });
  if (parameters.skip_if_confident === true && judged > 0 && uncertain.length === 0 && messages.length === 0) {
    return { status: 'completed', output: data, summary: { reviewed: false, judged }, routes: ['approved'] };
  }
  const checkpoint = reviewOf(parameters, messages, uncertain as unknown as JsonObject[]);
  return waitForEvent(parameters, context, { checkpoint, output: data });
}

/** A decision that says no is `review_result: false` among what was decided; every other is a yes. */
const eventRoutes = (output: Json): string[] => [isJsonObject(output) && output['review_result'] === false ? 'rejected' : 'approved'];

/** Lets a person look at what machines are unsure of, before the run goes on. */
export const humanInTheLoop: Executor = {
  name: 'human_in_the_loop',
  title: 'Human in the Loop',
  description:
    'Waits until a person has looked at the data: those that are unsure are marked, and what the person decides becomes the output.',
  agentPrompt:
    'Use it where a person must check or approve something before the run goes on. Set data to {{<doc_to_structured task>.output}} and documents to {{<input task>.document_url}}; instructions say what to do, human_messages what is odd (often {{<validation>.messages}}). ' +
    'Values whose confidence is below threshold (default 0.8; thresholds by field) are marked; skip_if_confident lets the data pass unreviewed where there are none and no message. assigned_users and assigned_worker_groups say who may review. ' +
    'timeout ends the wait: failed with code timeout, or, with on_timeout route, the unreviewed data by the route timed_out. Routes are approved, rejected and timed_out. It answers the data as the reviewer left them, so refer to {{<this task>.<field>}} afterwards.',
  isInput: false,
  isSchedulable: false,
  parametersSchema: { ...reviewParameters },
  flowInputSchema: null,
  passesOn: { parameter: 'data' },
  outputSchema: () => ({ description: 'The data, as the reviewer left them.' }),
  routes: () => ['approved', 'rejected', TIMED_OUT],
  eventRoutes,
  defaultReferenceMode: 'single',
  pure: false,
  defaultTimeoutMs: 30_000,
  example: {
    definition: [
      'name: A person checks the file',
      'tasks:',
      '  - name: receive',
      '    task_executor_name: receive_file',
      '    parameters: {}',
      '  - name: review',
      '    task_executor_name: human_in_the_loop',
      '    parameters:',
      '      data: "{{receive.output}}"',
      '      documents: "{{receive.document_url}}"',
      '      instructions: Correct the name of the file.',
      '      human_messages:',
      '        - { when: receive.size_bytes > 1000000, message: "It is large: {{ receive.size_bytes }} bytes" }',
      '  - name: file it',
      '    task_executor_name: format_data',
      '    depends_on: [review.approved]',
      '    parameters: { template: "Filed as {{ review.filename }}" }',
      '  - name: send back',
      '    task_executor_name: format_data',
      '    depends_on: [review.rejected]',
      '    parameters: { template: "{{ receive.filename }} was refused" }',
      '',
    ].join('\n'),
    input: { file_key: 'documents/report.pdf' },
    answer: { filename: 'annual-report.pdf' },
  },
  run,
};
