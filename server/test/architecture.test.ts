/** The architecture as a table, and the rules of form that no other tool checks (CONTRIBUTING.md, ARCHITECTURE.md). */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { findCycles, readImports, type SourceImport } from '../../tools/read-imports.ts';

const SRC = fileURLToPath(new URL('../src', import.meta.url));
const ROOT = resolve(SRC, '../..');

const LEAVES = ['base', 'db', 'files', 'documents', 'sandbox', 'connectors', 'language'];
const DOMAIN = [
  ...LEAVES,
  'events',
  'telemetry',
  'access',
  'models',
  'engine',
  'chores',
  'reviews',
  'credits',
  'triggers',
  'databases',
  'executors',
];

/** Who may import whom. A folder that is not in here is a mistake, or a decision to be written down here. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  base: [],
  db: ['base'],
  files: ['base'],
  documents: ['base'],
  sandbox: ['base'],
  connectors: ['base'],
  language: ['base'],
  events: ['base', 'db'],
  telemetry: ['base', 'db'],
  access: ['base', 'db'],
  backup: ['base', 'db'],
  models: ['base', 'documents'], // the local model reads layout
  engine: ['base', 'db', 'events', 'language'], // not executors: the plan carries their schemas as data
  chores: ['base', 'db', 'events', 'language', 'engine'],
  reviews: ['base', 'db', 'events', 'language', 'engine'],
  credits: ['base', 'db', 'events', 'language', 'engine'],
  triggers: ['base', 'db', 'events', 'language', 'engine', 'files', 'connectors'],
  databases: ['base', 'db', 'events', 'language', 'engine', 'files', 'connectors'],
  executors: ['base', 'files', 'documents', 'models', 'sandbox', 'connectors', 'language'], // no database, no engine: what else one needs comes in its context
  worker: DOMAIN, // where engine and executors meet
  api: DOMAIN, // of executors only the catalogue, see below
  platform: [...DOMAIN, 'backup', 'worker', 'api'],
  cli: [...DOMAIN, 'backup', 'worker', 'api', 'platform'],
};

/** What the API may know of executors: which there are, and how they describe themselves. */
const API_OF_EXECUTORS = /^(catalogue|type \w+)$/;

const GENERATED = new Set(['db/tables.ts']);

interface Source {
  /** From src, such as `engine/states.ts`. */
  path: string;
  folder: string;
  text: string;
  imports: SourceImport[];
}

const listFiles = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => path.replaceAll('\\', '/'));

const sources: Source[] = listFiles(SRC).map((path) => {
  const text = readFileSync(join(SRC, path), 'utf8');
  return { path, folder: path.split('/')[0] as string, text, imports: readImports(text) };
});
const code = sources.filter((source) => !source.path.endsWith('.test.ts'));

/** The file, from src, that an import leads to; undefined outside of src. */
function targetOf(source: Source, specifier: string): string | undefined {
  if (specifier.startsWith('#')) return `${specifier.slice(1)}/index.ts`;
  return specifier.startsWith('.') ? relative(SRC, resolve(SRC, dirname(source.path), specifier)) : undefined;
}

const complaints = (list: readonly Source[], complain: (source: Source, imported: SourceImport) => string | undefined) =>
  list.flatMap((source) => source.imports.map((imported) => complain(source, imported)).filter((complaint) => complaint !== undefined));

test('each folder imports only those that the table lets it', () => {
  expect(
    complaints(sources, (source, { specifier }) => {
      if (!specifier.startsWith('#')) return undefined;
      const target = specifier.slice(1);
      return MAY_IMPORT[source.folder]?.includes(target) ? undefined : `${source.path} imports ${specifier}`;
    }),
  ).toEqual([]);
});

test('the API knows of executors only the catalogue', () => {
  const fromApi = code.filter((source) => source.folder === 'api');
  expect(
    complaints(fromApi, (source, { specifier, names, isType }) => {
      if (specifier !== '#executors' || isType || names.every((name) => API_OF_EXECUTORS.test(name))) return undefined;
      return `${source.path} imports ${names.join(', ')}`;
    }),
  ).toEqual([]);
});

test('no import leaves its folder but by #folder, or names its own index', () => {
  expect(
    complaints(sources, (source, { specifier }) => {
      if (!/^[.#]/.test(specifier)) return undefined;
      const target = targetOf(source, specifier) as string;
      const inTests = source.path.endsWith('.test.ts') && target.startsWith('..'); // a test may use test/support
      if (specifier.startsWith('.') && target.split('/')[0] !== source.folder && !inTests)
        return `${source.path}: ${specifier} leaves the folder`;
      const own = target === `${source.folder}/index.ts` && !source.path.endsWith('.test.ts');
      return own ? `${source.path}: ${specifier} is its own folder's face` : undefined;
    }),
  ).toEqual([]);
});

test('no cycle of files; between folders not even of types', () => {
  const edges = new Map<string, string[]>();
  for (const source of code) {
    const targets = source.imports
      .filter(({ specifier, isType }) => !isType || specifier.startsWith('#'))
      .map(({ specifier }) => targetOf(source, specifier))
      .filter((target) => target !== undefined);
    edges.set(source.path, targets);
  }
  expect(findCycles(edges)).toEqual([]);
});

test('every file lies in a folder of the table, and every folder has a face that says what it is for', () => {
  expect(sources.filter((source) => !source.path.includes('/') || !MAY_IMPORT[source.folder]).map((source) => source.path)).toEqual([]);
  for (const folder of new Set(sources.map((source) => source.folder))) {
    if (folder === 'cli') continue; // its face is the program
    const face = sources.find((source) => source.path === `${folder}/index.ts`);
    expect(face?.text, `${folder}/index.ts begins with a comment`).toMatch(/^\/[/*]/);
  }
});

test('no face re-exports everything of a file, and nothing is exported by default', () => {
  expect(code.filter((source) => /^export \*/m.test(source.text)).map((source) => source.path)).toEqual([]);
  expect(code.filter((source) => /^export default/m.test(source.text)).map((source) => source.path)).toEqual([]);
});

test('the environment is read in base/config.ts alone; commands hand it over whole', () => {
  const readers = code.filter(
    (source) =>
      source.path !== 'base/config.ts' &&
      /process\.env\b/.test(source.text.replaceAll(/(readConfig|findUnknownVariables)\(process\.env/g, '')),
  );
  expect(readers.map((source) => source.path)).toEqual([]);
});

test('connections to PostgreSQL are opened in db alone', () => {
  expect(complaints(code, (source, { specifier }) => (specifier === 'pg' && source.folder !== 'db' ? source.path : undefined))).toEqual([]);
});

/** Who may open a connection or call out by other means than the way out of base (safe-fetch.ts), and whom they reach: never what a user wrote. */
const OTHER_WAYS_OUT: Record<string, string> = {
  'base/guarded-agent.ts': 'the way out itself',
  'base/safe-fetch.ts': 'the way out itself',
  'db/embedded/address.ts': 'the PostgreSQL of the data folder, on loopback',
  'files/gcs-backend.ts': 'the bucket of FLOW_FILES',
  'files/s3-backend.ts': 'the bucket of FLOW_FILES',
};
/** Modules that can reach another machine. What of node:http, node:net and node:tls only listens is not a way out. */
const NETWORK =
  /^(undici|ws|axios|got|node-fetch|node:(https|http2|tls|dgram|dns|dns\/promises)|flydrive.*|@aws-sdk\/.*|@google-cloud\/.*)$/;
const CALLS_OUT =
  /(?<![.\w'"`])fetch\(|(?<!typeof )globalThis\.fetch\b|new (WebSocket|EventSource|XMLHttpRequest)\(|\bhttps?\.(request|get)\(/;
const CONNECTS = /^(connect|createConnection|Socket|request|get|Agent)$/;

test('every call out leaves through one module', () => {
  const listed = new Set(Object.keys(OTHER_WAYS_OUT));
  const inside = code.filter(({ path }) => !path.includes('/testing/') && !listed.has(path) && path !== 'api/setup/setup-page.ts'); // a page runs in a browser
  const modules = complaints(inside, (source, { specifier, names, isType }) => {
    if (isType) return undefined;
    const connects = /^node:(http|net)$/.test(specifier) && names.some((name) => CONNECTS.test(name));
    const isClient = specifier === '@flow-platform/sdk' && source.folder !== 'cli'; // it calls the server that whoever types the command names
    return connects || isClient || NETWORK.test(specifier) ? `${source.path} imports ${names.join(', ')} of ${specifier}` : undefined;
  });
  expect(modules).toEqual([]);
  expect(inside.filter((source) => CALLS_OUT.test(source.text)).map((source) => source.path)).toEqual([]);
  expect([...listed].filter((path) => !code.some((source) => source.path === path))).toEqual([]);
});

test('only the engine writes how a run stands', () => {
  const writes =
    /\b(insert\s+into|update|delete\s+from)\s+(only\s+)?task_executions\b|\.(insertInto|updateTable|deleteFrom)\('taskExecutions'\)/i;
  expect(code.filter((source) => source.folder !== 'engine' && writes.test(source.text)).map((source) => source.path)).toEqual([]);
});

test('no file is longer than 300 lines', () => {
  const files = [
    ...sources.filter((source) => !GENERATED.has(source.path)),
    ...['server/test', 'tools'].flatMap((folder) =>
      listFiles(join(ROOT, folder)).map((path) => ({ path: `${folder}/${path}`, text: readFileSync(join(ROOT, folder, path), 'utf8') })),
    ),
  ];
  const long = files
    .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
    .filter(({ path, lines }) => lines > 300 && !path.includes('/fixtures/'));
  expect(long.map(({ path, lines }) => `${path}: ${lines}`)).toEqual([]);
});

test('the reader of these rules sees every form of import, and a circle', () => {
  const text = [
    `import a from '#one';`,
    `import { type B, type C } from '#two';`,
    `import type { D } from '#three';`,
    `import {\n  e,\n  type F,\n} from './four.ts';`,
    `export { g } from './five.ts';`,
    `import '#six';`,
    `const h = await import('./seven.ts');`,
    `// import i from '#nine';`,
  ].join('\n');
  const seen = readImports(text).map(({ specifier, isType }) => (isType ? `${specifier} (type)` : specifier));
  expect(seen).toEqual(['#one', '#two (type)', '#three (type)', './four.ts', './five.ts', '#six', './seven.ts']);
  const edges = new Map([
    ['a', ['b']],
    ['b', ['c', 'd']],
    ['c', ['a']],
    ['d', []],
    ['e', ['e']],
  ]);
  expect(findCycles(edges)).toEqual([['a', 'b', 'c'], ['e']]);
});
