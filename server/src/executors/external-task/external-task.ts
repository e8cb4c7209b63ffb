import { Type } from 'typebox';
import type { Json, JsonObject } from '#base';
import { parseDuration } from '#language';
import { parametersOf } from '../check-parameters.ts';
import type { Executor, ExecutorContext, Outcome } from '../contract.ts';
import { aborted, failed } from '../outcomes.ts';

/** A worker that is down over a weekend is back before its tasks are given up. */
const DEFAULT_TIMEOUT = '3d';

/** A year: what is longer is a slip of the unit. */
const MAX_TIMEOUT_MS = 366 * 86_400_000;

const parametersSchema = Type.Object(
  {
    topic: Type.String({
      minLength: 1,
      maxLength: 200,
      pattern: '^[A-Za-z0-9][A-Za-z0-9_.:/-]*$',
      description: 'What the work is about: outside workers claim tasks by their topics.',
    }),
    timeout: Type.Optional(
      Type.Union([Type.String({ minLength: 1, maxLength: 40 }), Type.Number({ exclusiveMinimum: 0 })], {
        description: `How long the task may take in all, from its start to a worker's result, further attempts included: '30s', '10m', '2d'. ${DEFAULT_TIMEOUT} where it is absent.`,
      }),
    ),
    input: Type.Optional(Type.Unknown({ description: 'What the worker is given: any value, references included.' })),
  },
  { additionalProperties: false },
);
const check = parametersOf(parametersSchema);

/** Counted from the first attempt, so that neither a retry nor a crash makes it longer. */
function endOf(timeout: string | number, startedAt: Date): Date | undefined {
  const timeoutMs = parseDuration(timeout);
  return timeoutMs === undefined || timeoutMs > MAX_TIMEOUT_MS ? undefined : new Date(startedAt.getTime() + timeoutMs);
}

async function run(raw: JsonObject, context: ExecutorContext): Promise<Outcome> {
  if (context.signal.aborted) return aborted();
  const checked = check(raw);
  if ('outcome' in checked) return checked.outcome;
  const { topic, timeout = DEFAULT_TIMEOUT, input = null } = checked.value;
  const until = endOf(timeout, context.firstStartedAt);
  if (until === undefined)
    return failed('invalid_parameters', `timeout '${timeout}' is not a duration of at most a year, such as 30s, 10m or 2d.`);
  if (until.getTime() <= context.now().getTime()) return failed('timeout', `No worker brought a result for '${topic}' within ${timeout}.`);
  return { status: 'awaiting_input', checkpoint: { input: input as Json }, until, topic };
}

/** Work that a program of the organization's own does: it claims the task over the API and reports what came of it. */
export const externalTask: Executor = {
  name: 'external_task',
  title: 'External task',
  description:
    'Hands work to a program of your own: it claims the task by its topic over the API, works under a lease, and reports the output, in any language.',
  agentPrompt:
    'Use it when a step must run outside of the platform: in a private network, in another language, on special hardware. Give a topic (the name by ' +
    'which workers claim), optionally input (any value; references are resolved) and timeout ("30s", "10m", "2d"; 3d by default). The output is what the ' +
    'worker reports, whatever its form. A failure that the worker calls retryable is tried again as the retry policy of the task says.',
  isInput: false,
  isSchedulable: false,
  parametersSchema: { ...parametersSchema },
  flowInputSchema: null,
  outputSchema: () => ({}),
  defaultReferenceMode: 'single',
  pure: false,
  defaultTimeoutMs: 60_000,
  example: {
    definition: [
      'name: Ask a worker outside',
      'tasks:',
      '  - name: receive',
      '    task_executor_name: receive_file',
      '    parameters: {}',
      '  - name: stamp',
      '    task_executor_name: external_task',
      '    parameters:',
      '      topic: stamps',
      '      timeout: 10m',
      '      input:',
      '        filename: "{{receive.filename}}"',
      '',
    ].join('\n'),
    input: { file_key: 'documents/report.pdf' },
  },
  run,
};
