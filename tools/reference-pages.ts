/** The reference pages that are made from the code: settings, and a page for each executor. Pure: paths below docs/reference and their text. */
import { isJsonObject, type JsonObject, type JsonSchema, SETTINGS } from '../server/src/base/index.ts';
import { catalogue, type Executor } from '../server/src/executors/index.ts';
import { checkDefinition, parseDefinition } from '../server/src/language/index.ts';

const NOTE = '<!-- Made from the code by `npm run docs:reference`. Do not edit. -->';

/** Text that was not written as Markdown: `<task>` would be taken for a tag. Inside of code it stays as it is. */
const prose = (text: string): string =>
  text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : part.replaceAll('<', '&lt;')))
    .join('');
const cell = (text: string): string => prose(text).replaceAll('|', '\\|').replaceAll('\n', ' ');
const table = (header: string[], rows: string[][]): string =>
  [header, header.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');

/** Every page, by its path below docs/reference. */
export function makeReferencePages(): Map<string, string> {
  const pages = new Map([['configuration.md', configurationPage()]]);
  pages.set('executors/README.md', executorsPage());
  for (const executor of catalogue.list()) pages.set(`executors/${executor.name.replaceAll('_', '-')}.md`, executorPage(executor));
  return pages;
}

function configurationPage(): string {
  const rows = SETTINGS.map((setting) => [
    `\`${setting.name}\``,
    setting.flag === undefined ? '' : `\`--${setting.flag}\``,
    defaultOf(setting),
    setting.description,
  ]);
  return `${NOTE}

# Configuration

Settings are environment variables; some have a flag, which wins over the variable. An empty variable counts as unset. They are read once, at the
start; one that is wrong stops it, with a sentence for each. \`npx flow doctor\` lists them with their values and where each came from.

${table(['Variable', 'Flag', 'Default', 'What it does'], rows)}

The values of ${SETTINGS.filter((setting) => setting.secret)
    .map((setting) => `\`${setting.name}\``)
    .join(', ')} are secrets: no command and no log shows them.
`;
}

/** What the machine decides is said in words: the page is the same wherever it is made. */
function defaultOf(setting: (typeof SETTINGS)[number]): string {
  if (setting.key === 'workers') return 'number of cores';
  return setting.default === undefined || setting.default === '' ? 'unset' : `\`${setting.default}\``;
}

function executorsPage(): string {
  const rows = catalogue
    .list()
    .map(({ name, title, description }) => [`[\`${name}\`](${name.replaceAll('_', '-')}.md)`, title, description]);
  return `${NOTE}

# Executors

What the tasks of a flow can do. The API answers the same from \`GET /api/task-executors\`.

${table(['Executor', 'Title', 'What it does'], rows)}
`;
}

function executorPage(executor: Executor): string {
  const checked = checkDefinition(executor.example.definition, catalogue);
  const task = checked.plan?.tasks.find((planned) => planned.executor === executor.name);
  const output = checked.outputSchemas[task?.name ?? ''] as JsonSchema | undefined;
  if (!task || !output) throw new Error(`The example of ${executor.name} does not use it`);
  const sections = [
    `${NOTE}\n\n# \`${executor.name}\`: ${executor.title}`,
    prose(executor.description),
    `## Parameters\n\n${schemaTable(executor.parametersSchema, 'It takes none.')}`,
    ...(executor.flowInputSchema
      ? [
          `## Input of a run\n\n${schemaTable(executor.flowInputSchema, withoutProperties(executor.flowInputSchema))}${alternatives(executor.flowInputSchema)}`,
        ]
      : []),
    `## Output\n\nFor the example below:\n\n${schemaTable(output, withoutProperties(output))}`,
    ...routesOf(executor),
    `## Example\n\n\`\`\`yaml\n${executor.example.definition.trimEnd()}\n\`\`\``,
    `Started with this input${'file_key' in executor.example.input ? ', once the file is uploaded' : ''}:\n\n\`\`\`json\n${JSON.stringify(executor.example.input, null, 2)}\n\`\`\``,
    ...answerOf(executor),
    `## For a program that writes flows\n\n${prose(executor.agentPrompt)}`,
    `## How it runs\n\n${facts(executor)}`,
  ];
  return `${sections.join('\n\n')}\n`;
}

/** What a schema that names no properties lets through. */
const withoutProperties = (schema: JsonSchema): string =>
  descriptionOf(schema as JsonObject) ||
  (schema['additionalProperties'] === false ? 'Nothing.' : schema['type'] === 'object' ? 'Any object.' : 'Anything.');

/** Those of the example: parameters decide them. */
function routesOf(executor: Executor): string[] {
  const parameters = parseDefinition(executor.example.definition).definition.tasks.find(
    ({ executor: name }) => name === executor.name,
  )?.parameters;
  const routes = executor.routes?.(parameters ?? {}) ?? [];
  if (routes.length === 0) return [];
  const names = routes.map((route) => `\`${route}\``).join(', ');
  return [`## Routes\n\nFor the example below: ${names}. A task follows one by \`depends_on: [task.route]\`.`];
}

function answerOf({ example: { answer } }: Executor): string[] {
  if (answer === undefined) return [];
  return [`The task then waits. This output, sent to it, lets the run go on:\n\n\`\`\`json\n${JSON.stringify(answer, null, 2)}\n\`\`\``];
}

function facts({ defaultReferenceMode, defaultTimeoutMs, isInput }: Executor): string {
  return [
    ...(isInput ? ['- It starts a flow: a run’s input goes to it.'] : []),
    `- Its task has ${defaultTimeoutMs / 1000} s, unless \`timeout\` says otherwise.`,
    defaultReferenceMode === 'single'
      ? '- Behind a task that fans out it runs once for each item, unless `reference_modes` says otherwise.'
      : '- Behind a task that fans out it runs once, with the list of all items, unless `reference_modes` says otherwise.',
  ].join('\n');
}

function alternatives(schema: JsonSchema): string {
  const groups = (Array.isArray(schema['anyOf']) ? schema['anyOf'] : []).flatMap((each) => (isJsonObject(each) ? [each['required']] : []));
  const names = groups.flat().map((name) => `\`${name}\``);
  return names.length === 0 ? '' : `\n\nOne of ${names.join(', ')} must be there.`;
}

function schemaTable(schema: JsonSchema, none: string): string {
  const rows = rowsOf(schema, '');
  return rows.length === 0 ? none : table(['Name', 'Type', 'Required', 'What it is'], rows);
}

/** A row for each property; those of objects below it, and of the items of a list, follow it. What is like its neighbour is said once. */
function rowsOf(schema: JsonSchema, prefix: string): string[][] {
  const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
  const properties = isJsonObject(schema['properties']) ? Object.entries(schema['properties']) : [];
  return properties.flatMap(([name, property], i) => {
    if (!isJsonObject(property)) return [];
    const path = prefix + name;
    const [before = '', neighbour] = properties[i - 1] ?? [];
    const below = [...rowsOf(property, `${path}.`), ...(isJsonObject(property['items']) ? rowsOf(property['items'], `${path}[].`) : [])];
    const isSame = below.length > 0 && JSON.stringify(neighbour) === JSON.stringify(property);
    const row = [
      `\`${path}\``,
      typeOf(property),
      required.has(name) ? 'yes' : 'no',
      isSame ? `As \`${prefix}${before}\`.` : descriptionOf(property),
    ];
    return [row, ...(isSame ? [] : below)];
  });
}

const FORMATS: Record<string, string> = { liquid: 'Liquid template', cel: 'CEL expression' };

function typeOf(schema: JsonObject): string {
  const options = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(options)) return joined(options.map((each) => (isJsonObject(each) ? typeOf(each) : 'any')));
  if (schema['const'] !== undefined) return `\`${schema['const']}\``;
  if (Array.isArray(schema['enum'])) return joined(schema['enum'].map((value) => `\`${value}\``));
  if (typeof schema['format'] === 'string' && FORMATS[schema['format']]) return FORMATS[schema['format']] ?? '';
  const { type } = schema;
  if (Array.isArray(type)) return joined(type.map(String));
  if (type === 'array') return `list of ${isJsonObject(schema['items']) ? typeOf(schema['items']) : 'any'}`;
  if (type === 'object') {
    const [values] = [
      schema['additionalProperties'],
      ...Object.values(isJsonObject(schema['patternProperties']) ? schema['patternProperties'] : {}),
    ].filter(isJsonObject);
    return values ? `object of ${typeOf(values)}` : 'object';
  }
  const format = typeof schema['format'] === 'string' ? ` (${schema['format']})` : '';
  return typeof type === 'string' ? `${type}${format}` : 'any';
}

const joined = (words: string[]): string => (words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`);

/** Its own, or that of the form that is not null. */
function descriptionOf(schema: JsonObject): string {
  if (typeof schema['description'] === 'string') return schema['description'];
  const options = schema['anyOf'];
  const described = Array.isArray(options)
    ? options.find((each) => isJsonObject(each) && typeof each['description'] === 'string')
    : undefined;
  return isJsonObject(described) ? String(described['description']) : '';
}
