// Executors that cost nothing, so that what is measured is the engine, and the flow of a chain that is made of them.
import type { JsonObject } from '../server/src/base/index.ts';
import type { Catalogue, Executor, Outcome } from '../server/src/executors/index.ts';

const output = { type: 'object', properties: { v: { type: 'integer' } }, required: ['v'] };
const completed = (v: number): Outcome => ({ status: 'completed', output: { v } });

/** One more than what it read: the outputs of a chain count its tasks, so a lost or mixed-up input shows in every later output. */
const next = ({ after }: JsonObject): Outcome => completed(Number(after) + 1);

const described = (name: string): Omit<Executor, 'run'> => ({
  name,
  title: name,
  description: 'A task of the bench: it does nothing.',
  agentPrompt: 'Not for flows.',
  isInput: false,
  isSchedulable: false,
  parametersSchema: { type: 'object', properties: { after: { type: 'integer' } }, additionalProperties: false },
  flowInputSchema: null,
  outputSchema: () => output,
  defaultReferenceMode: 'single',
  pure: false,
  defaultTimeoutMs: 60_000,
  example: { definition: '', input: {} },
});

const input: Executor = {
  ...described('bench_input'),
  isInput: true,
  flowInputSchema: { type: 'object' },
  run: async () => completed(0),
};
const step: Executor = { ...described('bench_step'), run: async (parameters) => next(parameters) };
const pureStep: Executor = { ...described('bench_pure_step'), pure: true, run: async (parameters) => next(parameters), compute: next };

const executors = new Map([input, step, pureStep].map((executor) => [executor.name, executor]));

export const benchCatalogue: Catalogue = { get: (name) => executors.get(name), list: () => [...executors.values()] };

export const INPUT_TASK = 't0';

/** A chain of this many tasks, each of which reads the one before it. */
export function chainDefinition(length: number, { pure = false } = {}): JsonObject {
  const executor = pure ? pureStep.name : step.name;
  const steps = Array.from({ length: length - 1 }, (_, i) => ({
    name: `t${i + 1}`,
    task_executor_name: executor,
    parameters: { after: `{{t${i}.v}}` },
  }));
  return { name: 'Chain', tasks: [{ name: INPUT_TASK, task_executor_name: input.name, parameters: {} }, ...steps] };
}
