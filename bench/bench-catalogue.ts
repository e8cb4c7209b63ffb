// Executors that cost nothing of their own, so that what is measured is the platform.
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject, JsonSchema } from '../server/src/base/index.ts';
import type { Catalogue, Executor, Outcome } from '../server/src/executors/index.ts';

export const PAUSE_MS = 20;
export const PAUSES_AT_ONCE = 10;

const integer = { type: 'integer' };
const object = (properties: JsonObject): JsonSchema => ({ type: 'object', properties, required: Object.keys(properties) });
const counted = object({ v: integer });
const completed = (output: JsonObject): Outcome => ({ status: 'completed', output });

/** One more than what it read: the outputs of a chain count its tasks, so a lost or mixed-up input shows in every later output. */
const next = ({ after }: JsonObject): Outcome => completed({ v: Number(after) + 1 });

const described = (
  name: string,
  { reads = {}, gives = counted }: { reads?: JsonObject; gives?: JsonSchema } = {},
): Omit<Executor, 'run'> => ({
  name,
  title: name,
  description: 'A task of the bench: it does nothing.',
  agentPrompt: 'Not for flows.',
  isInput: false,
  isSchedulable: false,
  parametersSchema: { type: 'object', properties: reads, additionalProperties: false },
  flowInputSchema: null,
  outputSchema: () => gives,
  defaultReferenceMode: 'single',
  pure: false,
  defaultTimeoutMs: 60_000,
  example: { definition: '', input: {} },
});

const input: Executor = {
  ...described('bench_input'),
  isInput: true,
  flowInputSchema: { type: 'object' },
  run: async () => completed({ v: 0 }),
};

const step: Executor = { ...described('bench_step', { reads: { after: integer } }), run: async (parameters) => next(parameters) };
const pureStep: Executor = { ...step, name: 'bench_pure_step', pure: true, compute: next };

/** Waits as for somebody's answer; few at once in a process, so that the processes are what limits them, not the cores. */
const pause: Executor = {
  ...described('bench_pause'),
  isInput: true,
  flowInputSchema: { type: 'object' },
  concurrency: PAUSES_AT_ONCE,
  run: async (_parameters, { signal }) => {
    await sleep(PAUSE_MS, undefined, { signal });
    return completed({ v: 0 });
  },
};

/** The numbers from 0, as many as its parameter says. */
const list: Executor = {
  ...described('bench_list', { reads: { count: integer }, gives: object({ items: { type: 'array', items: integer } }) }),
  run: async ({ count }) => completed({ items: Array.from({ length: Number(count) }, (_, i) => i) }),
};

/** What was read of all items: how many, and their sum. */
const sum: Executor = {
  ...described('bench_sum', {
    reads: { values: { type: 'array', items: integer } },
    gives: object({ count: integer, sum: integer }),
  }),
  defaultReferenceMode: 'collection',
  run: async ({ values }) => {
    const numbers = values as number[];
    return completed({ count: numbers.length, sum: numbers.reduce((total, value) => total + value, 0) });
  },
};

/** Waits for an event that never comes by itself. */
const event: Executor = {
  ...described('bench_event', { reads: { after: integer } }),
  run: async () => ({ status: 'awaiting_input', checkpoint: null }),
};

/** A text of so many bytes. */
const text: Executor = {
  ...described('bench_text', { reads: { bytes: integer }, gives: object({ text: { type: 'string' } }) }),
  run: async ({ bytes }) => completed({ text: 'x'.repeat(Number(bytes)) }),
};

const executors = new Map([input, step, pureStep, pause, list, sum, event, text].map((executor) => [executor.name, executor]));

export const benchCatalogue: Catalogue = { get: (name) => executors.get(name), list: () => [...executors.values()] };
