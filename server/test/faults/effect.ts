import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '#base';
import { type Catalogue, catalogue, type Executor } from '#executors';

/** What the executors of the fault tests have in common: they are nobody's but theirs. */
const ofTests = {
  agentPrompt: 'For tests.',
  isInput: false,
  isSchedulable: false,
  flowInputSchema: null,
  outputSchema: () => ({ type: 'object', properties: { value: {} }, required: ['value'], additionalProperties: true }),
  defaultReferenceMode: 'single',
  pure: false,
  defaultTimeoutMs: 120_000,
  example: { definition: '', input: {} },
} satisfies Partial<Executor>;

/**
 * Waits a while, then tells the sink its idempotency key and what it was asked to do: what a payment or a mail would be. With `output_bytes` its output is
 * that large.
 */
const effect: Executor = {
  ...ofTests,
  name: 'effect',
  title: 'Effect',
  description: 'Has an effect outside the platform, for tests of faults.',
  parametersSchema: {
    type: 'object',
    properties: { sink: { type: 'string' }, body: {}, wait_ms: { type: 'number' }, output_bytes: { type: 'number' } },
    required: ['sink', 'body', 'wait_ms'],
    additionalProperties: false,
  },
  async run(parameters: JsonObject, context) {
    await sleep(Number(parameters['wait_ms']), undefined, { signal: context.signal });
    const response = await fetch(String(parameters['sink']), {
      method: 'POST',
      headers: { 'Idempotency-Key': context.idempotencyKey },
      body: JSON.stringify(parameters['body']),
      signal: context.signal,
    });
    const answer = await response.text();
    if (!response.ok) return { status: 'failed', error: { code: 'busy', message: answer, retryable: true } };
    const padding = 'x'.repeat(Number(parameters['output_bytes'] ?? 0));
    return { status: 'completed', output: { value: Number(answer), ...(padding === '' ? {} : { padding }) } };
  },
};

/** How a task can take its whole process along. */
export type Harm = 'none' | 'abort' | 'fill_memory' | 'block';

const harm: Executor = {
  ...ofTests,
  name: 'harm',
  title: 'Harm',
  description: 'Harms the process that runs it, for tests of faults.',
  parametersSchema: {
    type: 'object',
    properties: { how: { type: 'string' }, ms: { type: 'number' } },
    required: ['how'],
    additionalProperties: false,
  },
  async run(parameters: JsonObject, context) {
    const how = parameters['how'] as Harm;
    await sleep(300); // those that were claimed beside it are running by now
    if (how === 'abort') process.abort();
    if (how === 'fill_memory') fillMemory();
    if (how === 'block' && context.attempt === 1) blockLoop(Number(parameters['ms']));
    return { status: 'completed', output: { value: how } };
  },
};

function fillMemory(): void {
  const held: unknown[][] = [];
  for (;;) held.push(Array.from({ length: 100_000 }, (_, i) => ({ i })));
}

function blockLoop(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

const OWN: readonly Executor[] = [effect, harm];

/** Every executor, and those of the fault tests. */
export const withEffect: Catalogue = {
  get: (name) => OWN.find((executor) => executor.name === name) ?? catalogue.get(name),
  list: () => [...catalogue.list(), ...OWN],
};
