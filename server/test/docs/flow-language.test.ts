/** The reference page of the language against the real executors: what a reader copies must run. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { catalogue } from '#executors';
import { checkDefinition, formatFault } from '#language';

const page = readFileSync(new URL('../../../docs/reference/flow-language.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] as string);
const executorsOf = (block: string): string[] => [...block.matchAll(/task_executor_name: (\w+)/g)].map((match) => match[1] as string);
const known = blocks.filter((block) => executorsOf(block).every((name) => catalogue.get(name)));

test('the flows of the reference page use the executors that there are', () => {
  expect(known.length).toBeGreaterThan(9);
});

test.each(known.map((block) => [String(parse(block).name ?? 'wire form'), block]))('%s', (_, block) => {
  expect(checkDefinition(block, catalogue).faults.map(formatFault)).toEqual([]);
});

test.each(catalogue.list().map((executor) => [executor.name, executor.example.definition]))('the example of %s', (_, definition) => {
  expect(checkDefinition(definition, catalogue).faults.map(formatFault)).toEqual([]);
});
