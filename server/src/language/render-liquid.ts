import { Liquid, type Template, Token } from 'liquidjs';
import type { ExpressionReference } from './find-cel-references.ts';
import { ResolutionError } from './resolution-error.ts';
import { type ExpressionScope, rootValue } from './scope-roots.ts';

const MAX_CHARACTERS = 200_000;
/** The library takes tokens from the front of one array, which is quadratic from some 20,000 on. */
const MAX_TAGS = 10_000;
/** Milliseconds of one rendering: it holds the process's one thread. */
const RENDER_MS = 500;
/** Characters and entries that filters may make in one rendering. */
const MEMORY = 20_000_000;
const MAX_RENDERED_NODES = 200_000;

/** They read other templates (there are none), or take text at run time for an expression, which a document's text must never become. */
const REMOVED_TAGS = ['include', 'render', 'layout', 'block'];
const REMOVED_FILTERS = ['where_exp', 'reject_exp', 'group_by_exp', 'find_exp', 'find_index_exp', 'has_exp', 'sample'];

const engine = createEngine();
countLinesOnce();

/**
 * The library finds the line of each variable by counting from the start of the template, which is quadratic. The same
 * answer from line starts that are found once a template.
 */
function countLinesOnce(): void {
  let counted: { input: string; starts: number[] } = { input: '', starts: [0] };
  Token.prototype.getPosition = function getPosition(this: Token): [number, number] {
    if (this.input !== counted.input) counted = { input: this.input, starts: lineStarts(this.input) };
    let [low, high] = [0, counted.starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((counted.starts[middle] as number) <= this.begin) low = middle;
      else high = middle - 1;
    }
    return [low + 1, this.begin - (counted.starts[low] as number) + 1];
  };
}

const lineStarts = (text: string): number[] => [0, ...Array.from(text.matchAll(/\n/g), (match) => match.index + 1)];

function createEngine(): Liquid {
  const liquid = new Liquid({
    ownPropertyOnly: true,
    strictFilters: true,
    strictVariables: false,
    templates: {},
    parseLimit: MAX_CHARACTERS,
    renderLimit: RENDER_MS,
    memoryLimit: MEMORY,
    timezoneOffset: 0,
    locale: 'en-US',
    outputEscape: (value: unknown) => (typeof value === 'object' && value !== null ? JSON.stringify(value) : value) as string,
  });
  for (const tag of REMOVED_TAGS) delete liquid.tags[tag];
  for (const filter of REMOVED_FILTERS) liquid.unregisterFilter(filter);
  return liquid;
}

interface LiquidFailure extends Error {
  token?: { begin: number; input: string; getPosition(): [number, number] };
}

function translate(code: string, error: unknown): ResolutionError {
  const failure = error as LiquidFailure;
  // The library puts its own error around it.
  if (failure.message.includes('call stack size'))
    return new ResolutionError('liquid_limit', 'The template is nested too deep', { cause: error });
  const message = failure.message.replace(/, line:\d+, col:\d+$/, '');
  const [line, column] = failure.token?.getPosition() ?? [];
  const where = line === undefined ? '' : ` (line ${line}, column ${column})`;
  return new ResolutionError(code, `${message}${where}`, {
    ...(failure.token ? { offset: failure.token.begin } : {}),
    cause: error,
  });
}

export interface CompiledLiquid {
  source: string;
  references: ExpressionReference[];
  /** Throws a ResolutionError `liquid_render`. */
  render(scope: ExpressionScope): string;
}

/** Parses a template. Throws a ResolutionError `liquid_syntax`, with the place, or `liquid_limit`. */
export function compileLiquid(source: string): CompiledLiquid {
  checkSize(source);
  let parsed: Template[];
  let references: ExpressionReference[];
  try {
    parsed = engine.parse(source);
    references = referencesOf(parsed, source);
  } catch (error) {
    throw translate('liquid_syntax', error);
  }
  const roots = [...new Set(references.map((reference) => reference.root))];
  return {
    source,
    references,
    render(scope) {
      // Without a prototype: `increment` and its like read the name that they are given, whatever it is.
      const bound: Record<string, unknown> = Object.create(null);
      for (const root of roots) bound[root] = rootValue(root, scope);
      try {
        return engine.renderSync(parsed, bound, { templateLimit: MAX_RENDERED_NODES });
      } catch (error) {
        throw translate('liquid_render', error);
      }
    },
  };
}

function checkSize(source: string): void {
  if (source.length > MAX_CHARACTERS) throw new ResolutionError('liquid_limit', `A template has at most ${MAX_CHARACTERS} characters`);
  const tags = source.split(/\{[{%]/).length - 1;
  if (tags > MAX_TAGS)
    throw new ResolutionError('liquid_limit', `A template has at most ${MAX_TAGS} tags and outputs; this one has ${tags}`);
}

type Segments = readonly unknown[];

function referencesOf(parsed: Template[], source: string): ExpressionReference[] {
  const found: ExpressionReference[] = [];
  const starts = lineStarts(source);
  for (const variable of Object.values(engine.analyzeSync(parsed, { partials: false }).globals).flat()) {
    const { row, col } = variable.location;
    addSegments(variable.segments, (starts[row - 1] ?? 0) + col - 1, found);
  }
  return found;
}

/** Segments are names and indexes; a computed one is itself a variable, and what follows it is not written out. */
function addSegments(segments: Segments, offset: number, found: ExpressionReference[]): void {
  const [root] = segments;
  const computed = segments.findIndex((segment, i) => i > 0 && typeof segment === 'object');
  const path = (computed < 0 ? segments.slice(1) : segments.slice(1, computed)) as (string | number)[];
  if (typeof root === 'string') found.push({ root, path, offset });
  for (const segment of segments) {
    if (typeof segment === 'object' && segment !== null && 'segments' in segment) addSegments(segment.segments as Segments, offset, found);
  }
}

const MAX_CACHED = 500;
const cache = new Map<string, CompiledLiquid>();

/** Renders a template with the values of a scope bound as data. Throws a ResolutionError. Parsed templates are kept (the newest 500). */
export function renderLiquid(template: string, scope: ExpressionScope): string {
  let compiled = cache.get(template);
  if (!compiled) {
    compiled = compileLiquid(template);
    if (cache.size >= MAX_CACHED) cache.delete(cache.keys().next().value as string);
    cache.set(template, compiled);
  }
  return compiled.render(scope);
}
