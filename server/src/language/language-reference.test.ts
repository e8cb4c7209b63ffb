import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkDefinition } from './check-definition.ts';
import { formatFault } from './fault.ts';
import { executors } from './fixtures/executors.ts';

const page = readFileSync(new URL('../../../docs/reference/flow-language.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] as string);

describe('every flow of the reference page is valid', () => {
  test('there are flows', () => {
    expect(blocks.length).toBeGreaterThan(9);
  });
  test.each(blocks.map((block) => [/name: (.*)/.exec(block)?.[1] ?? '', block]))('%s', (_, block) => {
    const { faults, plan } = checkDefinition(block, executors);
    expect(faults.map(formatFault)).toEqual([]);
    expect(plan).toBeDefined();
  });
});

/** Types as the code writes them: second argument of a fault, `type:` of one in the making, code of a ResolutionError. */
function typesInCode(): Set<string> {
  const folder = new URL('.', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  const code = files.map((name) => readFileSync(new URL(name, folder), 'utf8')).join('\n');
  const patterns = [
    /\.add\([^;]*?'(\w+)',\s*(?:['`]|message|tooDeep|more|unknownTask|fault\.|refuse)/g,
    /refuse\(key, '(\w+)'/g,
    /\btype: '([a-z]+_[a-z_]+)'/g,
    /new ResolutionError\(\s*'(\w+)'/g,
    /'(cel_\w+|liquid_\w+|fan_out_cycle|cycle)'/g,
  ];
  return new Set(patterns.flatMap((pattern) => [...code.matchAll(pattern)].flatMap((match) => match[1] ?? [])));
}

const PYDANTIC = /^(missing|enum|too_long|extra_forbidden|string_too_(short|long)|(string|dict|list|int|float|bool)_type)$/;

test('every type of fault and every code of an error that the code knows is on the page', () => {
  const types = [...typesInCode()].filter((type) => !PYDANTIC.test(type));
  expect(types.length).toBeGreaterThan(30);
  expect(types.filter((type) => !page.includes(`\`${type}\``))).toEqual([]);
});
