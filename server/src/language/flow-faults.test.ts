import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Json, JsonObject } from '#base';
import { checkDefinition } from './check-definition.ts';
import { type Fault, formatFault } from './fault.ts';
import { executors } from './fixtures/executors.ts';
import { parseDefinition } from './parse-definition.ts';
import { planFlow } from './plan-flow.ts';

const receive = { name: 'receive', task_executor_name: 'receive_file' };
const read = { name: 'read', task_executor_name: 'doc_to_text', parameters: { document_url: '{{receive.document_url}}' } };
const task = (name: string, parameters: JsonObject = {}, more: JsonObject = {}) => ({
  name,
  task_executor_name: 'any',
  parameters,
  ...more,
});
const result = (source: unknown) => planFlow(parseDefinition(source).definition, executors);
const faultsOf = (source: unknown): Fault[] => {
  const made = result(source);
  return 'faults' in made ? made.faults : [];
};
interface Row {
  case: string;
  fault: string;
  tasks: Json[];
}
const rows = parse(readFileSync(new URL('./fixtures/faults.yaml', import.meta.url), 'utf8')) as Row[];

describe('faults, each with its place', () => {
  test.each(rows.map((row) => [row.case, row] as const))('%s', (_, { case: _name, fault, tasks, ...flow }) => {
    const source = { ...flow, tasks: tasks.map((entry) => (entry === 'receive' ? receive : entry)) };
    expect(faultsOf(source).map(({ path, type, message }) => `${path} | ${type} | ${message}`)).toEqual([fault]);
  });

  test('a branch route that does not exist', () => {
    const branch = {
      name: 'choose',
      task_executor_name: 'branch',
      parameters: { routes: [{ name: 'big', when: 'receive.size_bytes > 10' }], else: 'small' },
    };
    const source = {
      tasks: [receive, branch, task('a', {}, { depends_on: ['choose.bg', { task: 'choose', route: 'big' }, 'choose.small'] })],
      edges: [{ source: 'choose', target: 'a', source_handle: 'huge' }],
    };
    expect(faultsOf(source).map(formatFault)).toEqual([
      "tasks.2.depends_on.0: Task 'choose' has no route 'bg' (did you mean 'big'?). It has big, small",
      "edges.0.source_handle: Task 'choose' has no route 'huge'. It has big, small",
    ]);
  });

  test('what is merely unfinished is told apart from what is wrong', () => {
    const severities = (source: unknown) => faultsOf(source).map((fault) => fault.severity);
    expect(severities({ tasks: [] })).toEqual(['incomplete']);
    expect(severities({ tasks: [task('a')] })).toEqual(['incomplete']);
    expect(severities({ tasks: [receive, { name: 'b', task_executor_name: 'doc_to_text' }] })).toEqual(['incomplete']);
    expect(severities({ tasks: [receive, { name: 'b', task_executor_name: 'doc_to_text', parameters: { document_url: '' } }] })).toEqual([
      'incomplete',
    ]);
    expect(severities({ tasks: [receive, { name: 'b', task_executor_name: 'doc_to_text', parameters: { document_url: 1 } }] })).toEqual([
      'error',
    ]);
    expect(severities({})).toEqual(['error']);
  });

  test('all faults come at once, in the order of the text, with their lines', () => {
    const text = [
      'name: Broken',
      'tasks:',
      '  - name: receive',
      '    task_executor_name: receive_file',
      '    timeout: soon',
      '  - name: read',
      '    task_executor_name: doc_to_txt',
      '    parameters:',
      '      document_url: "{{receive.url}}"',
      '  - name: format',
      '    task_executor_name: format_data',
      '    when: receive.size_bytes >',
      '    parameters:',
      '      template: "{{ nobody.x }}"',
    ].join('\n');
    expect(faultsOf(text).map(({ path, line, column }) => [path, line, column])).toEqual([
      ['tasks.0.timeout', 5, 14],
      ['tasks.1.task_executor_name', 7, 25],
      ['tasks.1.parameters.document_url', 9, 21],
      ['tasks.2.when', 12, 11],
      ['tasks.2.parameters.template', 14, 17],
    ]);
  });

  test('a cycle leaves the other faults told, and the order unknown', () => {
    const checked = checkDefinition(
      { tasks: [receive, task('a', { x: '{{b.y}}', z: '{{receive.nothing}}' }), task('b', { x: '{{a.y}}' })] },
      executors,
    );
    expect(checked.faults.map((fault) => fault.type).sort()).toEqual(['cycle', 'unknown_field']);
    expect(checked.orderedTaskNames).toBeNull();
  });
});

describe('a definition of 5 MB that is wrong everywhere', () => {
  test('tells its first 1,000 faults, soon', () => {
    const start = process.cpuUsage();
    const faults = faultsOf({ tasks: [receive, task('a', { x: Array.from({ length: 300_000 }, (_, i) => `{{z${i}}}`) })] });
    expect(faults).toHaveLength(1001);
    expect(faults.at(-1)?.type).toBe('more_faults');
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(5000);
  });

  test.each([
    ['expressions', { fields: Object.fromEntries(Array.from({ length: 300_000 }, (_, i) => [`f${i}`, '1'])) }],
    ['templates', { template: '{{ a }}'.repeat(600_000) }],
  ])('with too many %s', (_, parameters) => {
    const start = process.cpuUsage();
    const faults = faultsOf({ tasks: [receive, { name: 'f', task_executor_name: 'format_data', parameters }] });
    expect(faults.map((fault) => fault.type)).toEqual(['too_many_expressions']);
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(5000);
  });
});

describe('what is allowed', () => {
  test.each<[string, JsonObject[]]>([
    [
      'a whole reference where an integer is due',
      [{ name: 'c', task_executor_name: 'http_request', parameters: { url: 'x', retries: '{{receive.size_bytes}}' } }],
    ],
    [
      'any type where the schema says nothing',
      [{ name: 'c', task_executor_name: 'http_request', parameters: { url: 'x', body: '{{receive}}' } }],
    ],
    [
      'references in text',
      [{ name: 'c', task_executor_name: 'http_request', parameters: { url: 'http://x/{{receive.size_bytes}}?m={{receive.metadata}}' } }],
    ],
    ['free fields of an open object', [task('a', { x: '{{receive.metadata.anything.at[0].all}}' })]],
    ['input with unknown fields where it is open', [task('a', { x: '{{input.whatever}}' })]],
    [
      'a secret where it is marked',
      [
        {
          name: 'c',
          task_executor_name: 'http_request',
          parameters: { url: 'x', token: '{{secrets.KEY}}', headers: { Authorization: 'Bearer {{secrets.KEY}}' } },
        },
      ],
    ],
    ['titles for names', [{ ...task('a'), task_title: 'First one' }, task('b', { x: '{{First one.y}}' }, { depends_on: ['First one'] })]],
    ['sizes in Liquid', [{ name: 'f', task_executor_name: 'format_data', parameters: { template: '{{ receive.filename.size }}' } }]],
    ['the parameter that chooses a model', [{ ...read, parameters: { ...read.parameters, worker: 'local' } }]],
    ['braces that are escaped', [task('a', { x: '\\{{nobody.x}}' })]],
  ])('%s', (_, tasks) => {
    expect(faultsOf({ tasks: [receive, ...tasks] })).toEqual([]);
  });
});
