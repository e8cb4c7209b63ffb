import { type Document, isNode, isScalar, Lexer, LineCounter, parseDocument, type YAMLError } from 'yaml';
import { collectFaults, type Faults, type Loc, type Position } from './fault.ts';

/** core.md G7: a definition is at most 5 MB. */
export const MAX_DEFINITION_BYTES = 5 * 1024 * 1024;
const MAX_DEPTH = 64;
/** Room for 2,000 tasks of 250 tokens. The YAML composer needs some microseconds a token: without a limit, 5 MB of commas hold a process for 10 s. */
const MAX_TOKENS = 500_000;

const OPTIONS = {
  schema: 'core',
  merge: false,
  stringKeys: true,
  resolveKnownTags: false,
  logLevel: 'error',
  prettyErrors: false,
} as const;

export interface ReadText {
  value: unknown;
  /** Place of a path within the text. */
  locate: (loc: Loc) => Position | undefined;
}

/**
 * The value that a text of JSON or YAML (1.2 core schema, no merge keys) stands for, or undefined with faults. Size and nesting are
 * measured by the tokens, before anything recursive reads them.
 */
export function readText(source: string, format: 'yaml' | 'json' | undefined, faults: Faults): ReadText | undefined {
  if (Buffer.byteLength(source) > MAX_DEFINITION_BYTES) {
    faults.add([], 'too_large', 'The definition is larger than 5 MB');
    return undefined;
  }
  const text = source.startsWith('\uFEFF') ? source.slice(1) : source;
  const nul = text.indexOf('\0');
  if (nul >= 0) {
    faults.add([], 'nul_character', 'Text may not contain the character NUL (U+0000)', { position: positionAt(text, nul) });
    return undefined;
  }
  if (format !== 'yaml' && /^\s*[[{]/.test(text)) {
    const value = parseJson(text);
    if (value !== undefined) return { value, locate: locateLater(text) };
  }
  return readYaml(text, format === 'json', faults);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the YAML parser reads JSON too, and says where it is wrong
  }
}

function readYaml(text: string, isJson: boolean, faults: Faults): ReadText | undefined {
  if (!checkTokens(text, faults)) return undefined;
  const counter = new LineCounter();
  let document: Document.Parsed;
  let value: unknown;
  try {
    document = parseDocument(text, { ...OPTIONS, lineCounter: counter });
    for (const error of [...document.errors, ...document.warnings]) addSyntaxFault(text, error, counter, isJson, faults);
    if (faults.list.length > 0) return undefined;
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    const bomb = error instanceof ReferenceError;
    faults.add([], bomb ? 'alias_bomb' : 'too_deep', bomb ? `Aliases are used too often: ${error.message}` : tooDeep);
    return undefined;
  }
  if (isJson) {
    faults.add([], 'json_invalid', 'The text is not JSON');
    return undefined;
  }
  return { value, locate: (loc) => positionIn(document, loc, counter) };
}

const tooDeep = `The definition is nested deeper than ${MAX_DEPTH} levels`;
const OPENING = new Set(['[', '{']);
const CLOSING = new Set([']', '}']);

function checkTokens(text: string, faults: Faults): boolean {
  let depth = 0;
  let indicators = 0; // block collections opened on one line: "- - - a"
  let count = 0;
  for (const token of new Lexer().lex(text)) {
    if (OPENING.has(token)) depth++;
    else if (CLOSING.has(token)) depth--;
    else if (token === '-' || token === '?') indicators++;
    else if (token === '\n' || token === '\r\n') indicators = 0;
    if (depth > MAX_DEPTH || indicators > MAX_DEPTH) {
      faults.add([], 'too_deep', tooDeep);
      return false;
    }
    if (++count > MAX_TOKENS) {
      faults.add([], 'too_large', `The definition has more than ${MAX_TOKENS.toLocaleString('en')} tokens`);
      return false;
    }
  }
  return true;
}

const MAX_SYNTAX_FAULTS = 20; // one slip can upset every line below it

function addSyntaxFault(text: string, error: YAMLError, counter: LineCounter, isJson: boolean, faults: Faults): void {
  if (faults.list.length >= MAX_SYNTAX_FAULTS) return;
  const { line, col } = counter.linePos(error.pos[0]);
  const lineText = text.split('\n', line)[line - 1] ?? '';
  const unquoted = !isJson && /[:-]\s+\{\{/.test(lineText) && (error.code === 'NON_STRING_KEY' || error.code === 'UNEXPECTED_TOKEN');
  const hint = unquoted ? '; in YAML, a value that begins with {{ must be quoted: "{{task.field}}"' : '';
  faults.add([], isJson ? 'json_invalid' : 'yaml_invalid', `${error.message}${hint}`, { position: { line, column: col } });
}

function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) as string).length + 1 };
}

/** The place of a path in JSON text: found with the YAML parser, and only when somebody asks. */
function locateLater(text: string): (loc: Loc) => Position | undefined {
  let find: ((loc: Loc) => Position | undefined) | undefined;
  const prepare = (): ((loc: Loc) => Position | undefined) => {
    if (!checkTokens(text, collectFaults())) return () => undefined;
    const counter = new LineCounter();
    const document = parseDocument(text, { ...OPTIONS, uniqueKeys: false, lineCounter: counter });
    return (loc) => positionIn(document, loc, counter);
  };
  return (loc) => {
    find ??= prepare();
    return find(loc);
  };
}

/** Where the value at `loc` begins; where there is none, its nearest ancestor. */
function positionIn(document: Document.Parsed, loc: Loc, counter: LineCounter): Position | undefined {
  for (let length = loc.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : document.getIn(loc.slice(0, length), true);
    const range = isNode(node) || isScalar(node) ? node.range : undefined;
    if (range) {
      const { line, col } = counter.linePos(range[0]);
      return { line, column: col };
    }
  }
  return undefined;
}
