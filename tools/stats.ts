/**
 * Prints the size of our code as a row: lines per file, lines per function, the largest circle of imports. Tests, fixtures and generated
 * files are left out. A function is counted where it has a body in braces, functions within functions too.
 *
 *   npx node tools/stats.ts [folder ...]     by default server/src
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseSync } from 'vite';
import { findCycles, readImports } from './read-imports.ts';

const GENERATED = /(^|\/)(tables|types)\.ts$/;
const LIMIT = 300;

const roots = process.argv.slice(2).length > 0 ? process.argv.slice(2) : ['server/src'];
const files = roots.flatMap((root) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !path.includes('fixtures/') && !GENERATED.test(path))
    .map((path) => ({ root, path, text: readFileSync(join(root, path), 'utf8') })),
);

const countLines = (text: string) => text.trimEnd().split('\n').length;

/** Lines of every function of the file. */
function measureFunctions(path: string, text: string): number[] {
  const lengths: number[] = [];
  walk(parseSync(path, text).program, (node) => {
    const isFunction = /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(String(node.type));
    const body = node.body as { type?: string } | undefined;
    if (isFunction && (body?.type === 'BlockStatement' || body?.type === 'FunctionBody')) {
      lengths.push(countLines(text.slice(Number(node.start), Number(node.end))));
    }
  });
  return lengths;
}

function walk(value: unknown, visit: (node: Record<string, unknown>) => void): void {
  if (Array.isArray(value)) for (const item of value) walk(item, visit);
  else if (typeof value === 'object' && value !== null) {
    const node = value as Record<string, unknown>;
    if (typeof node.type === 'string') visit(node);
    for (const child of Object.values(node)) walk(child, visit);
  }
}

function findLargestCycle(): number {
  const edges = new Map<string, string[]>();
  for (const { root, path, text } of files) {
    const targets = readImports(text)
      .filter(({ isType }) => !isType)
      .map(({ specifier }) =>
        specifier.startsWith('#') ? `${specifier.slice(1)}/index.ts` : relative(root, resolve(root, dirname(path), specifier)),
      );
    edges.set(path, targets);
  }
  return Math.max(0, ...findCycles(edges).map((cycle) => cycle.length));
}

/** The value below which the share of the sorted values lies. */
const quantile = (sorted: readonly number[], share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

const lines = files.map(({ text }) => countLines(text)).sort((a, b) => a - b);
const functions = files.flatMap(({ path, text }) => measureFunctions(path, text)).sort((a, b) => a - b);
const long = lines.filter((count) => count > LIMIT).length;
const cycle = findLargestCycle();

console.log(`| files (${files.length}): median / 90 % / max | over ${LIMIT} | functions (${functions.length}): median / 99 % | largest cycle |
|---|---|---|---|
| ${quantile(lines, 0.5)} / ${quantile(lines, 0.9)} / ${lines.at(-1) ?? 0} | ${((100 * long) / Math.max(1, files.length)).toFixed(0)} % | ${quantile(functions, 0.5)} / ${quantile(functions, 0.99)} | ${cycle === 0 ? 'none' : `${cycle} files`} |`);
