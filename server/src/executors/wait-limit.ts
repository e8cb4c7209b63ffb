import { Type } from 'typebox';
import type { JsonObject } from '#base';
import { parseDuration } from '#language';
import type { ExecutorContext, Outcome } from './contract.ts';
import { failed } from './outcomes.ts';

/** Ten years: what is longer is a slip of the unit, and a date past year 9999 breaks its ISO form. */
const MAX_WAIT_MS = 10 * 366 * 86_400_000;

/** The route that a task takes whose wait has ended without an event. */
export const TIMED_OUT = 'timed_out';

/** Parameters of every task that waits for an event. */
export const waitLimitParameters = {
  timeout: Type.Optional(
    Type.Union([Type.String({ minLength: 1, maxLength: 40 }), Type.Number({ exclusiveMinimum: 0 })], {
      title: 'Timeout',
      description: "How long it waits: '30m', '2h', '7d', or a number of seconds. Default: for ever.",
      examples: ['7d'],
    }),
  ),
  on_timeout: Type.Optional(
    Type.Unsafe<'fail' | 'route'>({
      type: 'string',
      enum: ['fail', 'route'],
      default: 'fail',
      title: 'On timeout',
      description: '`fail`: the task fails with code `timeout`. `route`: it completes by the route `timed_out`.',
      examples: ['route'],
    }),
  ),
};

/**
 * Waits for an event, for as long as `timeout` says, counted from the first attempt. Once that has passed the engine runs the task again, and
 * the wait ends here: failed, or with `output` by the route `timed_out`.
 */
export function waitForEvent(
  { timeout, on_timeout: onTimeout = 'fail' }: { timeout?: string | number; on_timeout?: 'fail' | 'route' },
  { firstStartedAt, now }: Pick<ExecutorContext, 'firstStartedAt' | 'now'>,
  { checkpoint, output }: { checkpoint: JsonObject; output: JsonObject[string] },
): Outcome {
  if (timeout === undefined) return { status: 'awaiting_input', checkpoint };
  const durationMs = parseDuration(timeout);
  if (durationMs === undefined || durationMs > MAX_WAIT_MS) {
    return failed('invalid_parameters', `timeout '${timeout}' is not a duration of at most ten years, such as 30m, 2h or 7d.`);
  }
  const until = new Date(firstStartedAt.getTime() + durationMs);
  if (until.getTime() > now().getTime())
    return { status: 'awaiting_input', checkpoint: { ...checkpoint, until: until.toISOString() }, until };
  if (onTimeout === 'fail') return failed('timeout', `Nothing came within ${timeout}${typeof timeout === 'number' ? ' s' : ''}.`);
  return { status: 'completed', output, summary: { timed_out: true }, routes: [TIMED_OUT] };
}
