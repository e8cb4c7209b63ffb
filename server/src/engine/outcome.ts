import type { Json, JsonObject } from '#base';
import type { PlannedTask } from '#language';
import { MAX_ITEMS } from './item-path.ts';
import type { Settlement } from './transitions.ts';

/** What a task execution gave. Outputs and inputs are JSON text: they are written as they are, never parsed again. */
interface Recorded {
  /** The output, or `outputKey`: its object in the file store, where it is large. */
  output?: string | undefined;
  outputKey?: string | undefined;
  summary?: JsonObject | undefined;
  /** The resolved parameters; over 32 kB they are not kept. */
  input?: string | undefined;
  /** Who decided, where it was not the worker. */
  modifiedBy?: string | undefined;
}

export type TaskOutcome =
  | ({ status: 'completed'; routes?: readonly string[] | undefined; items?: readonly Json[] | undefined } & Recorded)
  /** With `retryInMs` the row waits and is run again; the error goes to the execution's events. */
  | ({ status: 'failed'; error: JsonObject; retryInMs?: number | undefined } & Recorded)
  | { status: 'scheduled'; until: Date; checkpoint: Json; input?: string | undefined }
  /** An event settles it. With `until`: where none has come by then, it is ready again. With `topic`: outside workers may claim it. */
  | { status: 'awaiting_input'; checkpoint: Json; input?: string | undefined; until?: Date | undefined; topic?: string | undefined }
  | { status: 'skipped' }
  | { status: 'cancelled'; neverRan?: boolean }
  /** Given back, as when a process drains: ready again, nothing counted. */
  | { status: 'released' };

/** What a pure task gave within the settle of what precedes it. */
export interface FusedOutcome extends Settlement {
  status: 'completed' | 'failed' | 'skipped' | 'cancelled';
  summary?: JsonObject | undefined;
  error?: JsonObject | undefined;
}

export interface TaskResult<T> {
  task: T;
  outcome: TaskOutcome;
}

/** How a final outcome ends the task; undefined where the task is not over. */
export function settlementOf(outcome: TaskOutcome): Settlement | undefined {
  switch (outcome.status) {
    case 'completed':
      return outcome;
    case 'failed':
      return outcome.retryInMs === undefined ? outcome : undefined;
    case 'skipped':
    case 'cancelled':
      return outcome;
    default:
      return undefined;
  }
}

/** Refuses a list that the path of items cannot number, and stores what a gate fans out over as its output: a re-execution reads it there. */
export function checkedItems<T extends { status: string; items?: readonly Json[] | undefined; output?: string | undefined }>(
  planned: PlannedTask,
  outcome: T,
): T | { status: 'failed'; error: JsonObject } {
  if (planned.kind !== 'gate' || outcome.status !== 'completed') return outcome;
  const items = outcome.items ?? [];
  if (items.length <= MAX_ITEMS) return { ...outcome, output: JSON.stringify(items) };
  return {
    status: 'failed',
    error: {
      code: 'too_many_items',
      message: `The list has ${items.length} items; a fan-out takes at most ${MAX_ITEMS}`,
      type: 'task_error',
      retryable: false,
    },
  };
}

/** Escapes that JSON allows and PostgreSQL's text does not: NUL and lone surrogates become U+FFFD. A whole surrogate pair is kept. */
export function storableJson(text: string): string {
  if (!text.includes('\\u')) return text;
  return text.replace(/\\(?:u0000|ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}|ud[89a-f][0-9a-f]{2}|.)/gi, (found) => {
    if (found.length === 12 || found.length === 2) return found;
    return '\\ufffd';
  });
}
