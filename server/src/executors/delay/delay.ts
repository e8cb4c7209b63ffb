import { setTimeout as wait } from 'node:timers/promises';
import { Type } from 'typebox';
import type { JsonObject, JsonSchema } from '#base';
import { parseDuration } from '#language';
import { parametersOf } from '../check-parameters.ts';
import type { Executor, ExecutorContext, Outcome } from '../contract.ts';
import { aborted, failed } from '../outcomes.ts';

/** Up to here the worker holds the task, exact to the millisecond; beyond, a timer row costs less than a held slot and survives a restart. */
const HELD_MS = 2000;

/** Ten years: what is longer is a slip of the unit, and a date past year 9999 breaks its ISO form. */
const MAX_WAIT_MS = 10 * 366 * 86_400_000;

const parametersSchema = Type.Object(
  {
    duration: Type.Optional(
      Type.Union([Type.String({ minLength: 1, maxLength: 40 }), Type.Number({ exclusiveMinimum: 0 })], {
        description: "How long: '200ms', '30s', '5m', '2h', '1d', '1h30m', or a number of seconds.",
      }),
    ),
    until: Type.Optional(
      Type.String({ minLength: 1, maxLength: 100, description: 'When to go on: an ISO 8601 date and time with its offset.' }),
    ),
  },
  { additionalProperties: false },
);
const check = parametersOf(parametersSchema);

const outputSchema: JsonSchema = {
  type: 'object',
  properties: { waited_ms: { type: 'integer', minimum: 0 }, until: { type: 'string', format: 'date-time' } },
  required: ['waited_ms', 'until'],
  additionalProperties: false,
};

const ISO_WITH_OFFSET = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?\s?(Z|[+-]\d\d:?\d\d))?$/i;

/** Counted from the first attempt, so that a retry after a crash does not wait anew. */
function endOf(parameters: { duration?: string | number; until?: string }, startedAt: Date): { until: Date } | { outcome: Outcome } {
  if ((parameters.duration === undefined) === (parameters.until === undefined)) {
    return { outcome: failed('invalid_parameters', 'Give exactly one of duration and until.') };
  }
  if (parameters.until !== undefined) {
    const until = new Date(ISO_WITH_OFFSET.test(parameters.until) ? parameters.until : Number.NaN);
    if (Number.isNaN(until.getTime())) {
      return {
        outcome: failed(
          'invalid_parameters',
          `until '${parameters.until}' is not an ISO 8601 time with its offset, such as 2026-03-14T09:00:00Z.`,
        ),
      };
    }
    return { until };
  }
  const durationMs = parseDuration(parameters.duration ?? '');
  if (durationMs === undefined) {
    return {
      outcome: failed('invalid_parameters', `duration '${parameters.duration}' is not a duration, such as 200ms, 30s, 5m, 2h or 1d.`),
    };
  }
  return { until: new Date(startedAt.getTime() + durationMs) };
}

async function run(raw: JsonObject, context: ExecutorContext): Promise<Outcome> {
  if (context.signal.aborted) return aborted();
  const checked = check(raw);
  if ('outcome' in checked) return checked.outcome;
  const end = endOf(checked.value, context.firstStartedAt);
  if ('outcome' in end) return end.outcome;
  const { until } = end;
  if (!(until.getTime() - context.firstStartedAt.getTime() <= MAX_WAIT_MS)) {
    return failed('invalid_parameters', 'A delay of more than ten years is refused: check its unit.');
  }
  const remainingMs = until.getTime() - context.now().getTime();
  if (remainingMs > HELD_MS) {
    context.log.info({ until: until.toISOString() }, 'waits, held by no worker');
    return { status: 'scheduled', until, checkpoint: { until: until.toISOString() } };
  }
  try {
    if (remainingMs > 0) await wait(remainingMs, undefined, { signal: context.signal });
  } catch {
    return aborted();
  }
  const waitedMs = Math.max(0, until.getTime() - context.firstStartedAt.getTime());
  return { status: 'completed', output: { waited_ms: waitedMs, until: until.toISOString() } };
}

/** Waits for a time or until a moment; the smallest executor, and the one to copy. */
export const delay: Executor = {
  name: 'delay',
  title: 'Delay',
  description: 'Waits for a duration, or until a moment, before the tasks behind it run.',
  agentPrompt:
    'Use it to let time pass between two tasks. Give exactly one of duration ("200ms", "30s", "5m", "2h", "1d") and until (ISO 8601 with its offset). ' +
    'The task behind it must depend on it (depends_on, or a reference to {{<task>.until}}). It answers waited_ms and until.',
  isInput: false,
  isSchedulable: false,
  parametersSchema: { ...parametersSchema },
  flowInputSchema: null,
  outputSchema: () => outputSchema,
  defaultReferenceMode: 'single',
  pure: false,
  defaultTimeoutMs: 60_000,
  example: {
    definition: [
      'name: Wait a little',
      'tasks:',
      '  - name: receive',
      '    task_executor_name: receive_file',
      '    parameters: {}',
      '  - name: pause',
      '    task_executor_name: delay',
      '    depends_on: [receive]',
      '    parameters:',
      '      duration: 200ms',
      '',
    ].join('\n'),
    input: { file_key: 'documents/report.pdf' },
  },
  run,
};
