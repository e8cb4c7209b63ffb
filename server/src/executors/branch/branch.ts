import { Type } from 'typebox';
import { isJsonObject, type JsonObject, type JsonSchema } from '#base';
import { parametersOf } from '../check-parameters.ts';
import type { Executor, ExecutorContext, Outcome, TaskValues } from '../contract.ts';
import { createEvaluation } from '../evaluate-expressions.ts';
import { aborted } from '../outcomes.ts';

const MAX_ROUTES = 200; // an editor draws a handle for each

const routeName = (description: string) => Type.String({ minLength: 1, maxLength: 100, title: 'Name', description, examples: ['large'] });

const route = Type.Object(
  {
    name: routeName('What `depends_on: [branch.name]` and the `source_handle` of an edge call it. Routes may share a name.'),
    when: Type.String({
      format: 'cel',
      minLength: 1,
      maxLength: 10_000,
      title: 'Condition',
      description: 'The route is taken where this gives true.',
      examples: ['receive.size_bytes > 1000000'],
    }),
  },
  { additionalProperties: false },
);

const parametersSchema = Type.Object(
  {
    routes: Type.Array(route, {
      minItems: 1,
      maxItems: MAX_ROUTES,
      title: 'Routes',
      description: 'In the order in which they are tried.',
      examples: [[{ name: 'large', when: 'receive.size_bytes > 1000000' }]],
    }),
    else: Type.Optional(routeName('Taken where no condition is true. Without it, what follows the routes is then skipped.')),
    mode: Type.Optional(
      Type.Unsafe<'first' | 'all'>({
        type: 'string',
        enum: ['first', 'all'],
        default: 'first',
        title: 'Mode',
        description: '`first`: the first route whose condition is true. `all`: each such route.',
        examples: ['first'],
      }),
    ),
  },
  { additionalProperties: false },
);
const check = parametersOf(parametersSchema);

/** Names as they were written, each once, `else` last. */
function routes(parameters: JsonObject): string[] {
  const written = Array.isArray(parameters['routes']) ? parameters['routes'] : [];
  const names = [...written.map((each) => (isJsonObject(each) ? each['name'] : undefined)), parameters['else']];
  return [...new Set(names.filter((name) => typeof name === 'string'))];
}

function outputSchema(parameters: JsonObject): JsonSchema {
  const names = routes(parameters);
  const name = names.length === 0 ? { type: 'string' } : { type: 'string', enum: names };
  return {
    type: 'object',
    properties: {
      route: {
        ...name,
        type: ['string', 'null'],
        ...(names.length === 0 ? {} : { enum: [...names, null] }),
        description: 'The first that was taken; null where none was.',
      },
      routes: { type: 'array', items: name, description: 'All that were taken.' },
    },
    required: ['route', 'routes'],
    additionalProperties: false,
  };
}

function compute(raw: JsonObject, values: TaskValues): Outcome {
  const checked = check(raw);
  if ('outcome' in checked) return checked.outcome;
  const { routes: written, else: otherwise, mode = 'first' } = checked.value;
  const evaluation = createEvaluation(values);
  const taken = new Set<string>();
  for (const [index, { name, when }] of written.entries()) {
    const isMet = evaluation.condition({ label: `route '${name}'`, place: `parameters.routes.${index}.when`, source: when });
    if (typeof isMet === 'object') return isMet.outcome;
    if (isMet) taken.add(name);
    if (isMet && mode === 'first') break;
  }
  if (taken.size === 0 && otherwise !== undefined) taken.add(otherwise);
  const names = [...taken];
  return { status: 'completed', output: { route: names[0] ?? null, routes: names }, summary: { routes: names }, routes: names };
}

const run = async (parameters: JsonObject, context: ExecutorContext): Promise<Outcome> =>
  context.signal.aborted ? aborted() : compute(parameters, context.scope);

/** Decides by conditions which of the tasks behind it run. */
export const branch: Executor = {
  name: 'branch',
  title: 'Branch',
  description: 'Decides by conditions which of the tasks behind it run: each route has a condition, and tasks follow a route.',
  agentPrompt:
    'Use it where different things must be done in different cases. Give routes, a list of {name, when}, when being a CEL expression over earlier tasks (invoice.total > 1000.0), and else, the name of the route for all other cases. ' +
    'A task follows a route by depends_on: ["<branch>.<route>"]; tasks of routes that are not taken are skipped, and so is what depends on them, unless run_if says any or always. ' +
    'mode all takes every route whose condition is true. A condition that reads a missing field fails the task: ask has(a.b) or a.b != null first. It answers route (the first one taken, or null) and routes.',
  isInput: false,
  isSchedulable: false,
  parametersSchema: { ...parametersSchema },
  flowInputSchema: null,
  outputSchema,
  routes,
  defaultReferenceMode: 'single',
  pure: true,
  defaultTimeoutMs: 10_000,
  example: {
    definition: [
      'name: Large files wait',
      'tasks:',
      '  - name: receive',
      '    task_executor_name: receive_file',
      '    parameters: {}',
      '  - name: size',
      '    task_executor_name: branch',
      '    parameters:',
      '      routes:',
      '        - { name: large, when: receive.size_bytes > 1000000 }',
      '      else: small',
      '  - name: pause',
      '    task_executor_name: delay',
      '    depends_on: [size.large]',
      '    parameters: { duration: 1s }',
      '  - name: at once',
      '    task_executor_name: format_data',
      '    depends_on: [size.small]',
      '    parameters: { template: "{{ receive.filename }} is small" }',
      '',
    ].join('\n'),
    input: { file_key: 'documents/report.pdf' },
  },
  run,
  compute,
};
