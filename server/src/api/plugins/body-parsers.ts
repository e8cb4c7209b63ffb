import type { FastifyRequest } from 'fastify';
import { badRequest, FlowError, validationError } from '#base';
import type { FlowApp } from '../flow-app.ts';
import { noteBody } from './idempotency.ts';

/** Levels of nesting that a JSON body may have (core.md G7): what walks a value may recurse. */
export const MAX_JSON_DEPTH = 64;

/** An object or a list on the way down. Numbers and other scalars get none: a body may hold millions. */
interface Place {
  value: object;
  depth: number;
  key: string | number;
  parent: Place | undefined;
}

const pathTo = (place: Place, key: string | number): (string | number)[] => {
  const path = [key];
  for (let at: Place | undefined = place; at?.parent; at = at.parent) path.unshift(at.key);
  return path;
};

function refuseText(text: string, path: () => (string | number)[]): void {
  const hasNul = text.includes('\0');
  if (!hasNul && text.isWellFormed()) return;
  const msg = hasNul ? 'NUL characters are not allowed' : 'Text should be well-formed Unicode';
  throw validationError([{ loc: ['body', ...path()], msg, type: 'value_error', input: text.slice(0, 200).toWellFormed() }]);
}

/**
 * Refuses what no route may meet: nesting over 64, `__proto__` as a key, text that PostgreSQL cannot store (NUL, lone surrogates), with its
 * place. Walks without recursion, so that depth itself is no attack.
 */
export function checkJson(root: unknown): void {
  if (typeof root === 'string') refuseText(root, () => []);
  const open: Place[] = typeof root === 'object' && root !== null ? [{ value: root, depth: 1, key: '', parent: undefined }] : [];
  for (let place = open.pop(); place; place = open.pop()) checkChildren(place, open);
}

function checkChildren(place: Place, open: Place[]): void {
  const { value, depth } = place;
  if (depth > MAX_JSON_DEPTH) throw badRequest(`JSON may be nested ${MAX_JSON_DEPTH} levels deep, not more`);
  const check = (child: unknown, key: string | number) => {
    if (typeof child === 'string') refuseText(child, () => pathTo(place, key));
    else if (typeof child === 'object' && child !== null) open.push({ value: child, depth: depth + 1, key, parent: place });
  };
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) check(value[i], i);
    return;
  }
  for (const key of Object.keys(value)) {
    if (key === '__proto__') throw badRequest('The key __proto__ is not allowed in a body');
    refuseText(key, () => pathTo(place, key));
    check((value as Record<string, unknown>)[key], key);
  }
}

/** Untrusted text → JSON that passes `checkJson`. An empty body is none. Throws bad_request with the parser's words. */
export function parseJsonBody(text: string): unknown {
  if (text.trim() === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch (error) {
    throw badRequest(`The body is not JSON: ${(error as Error).message}`);
  }
  checkJson(value);
  return value;
}

/** As `parseJsonBody`, but no word of the text stands in what it throws. */
function parseSecretBody(text: string): unknown {
  try {
    return parseJsonBody(text);
  } catch {
    throw badRequest('The body is not JSON, or holds text that cannot be stored');
  }
}

function readYamlText(request: FastifyRequest, text: string): string {
  if (request.routeOptions.config.acceptsYaml !== true) {
    throw unsupported('This operation does not read YAML; send application/json');
  }
  if (text.includes('\0'))
    throw validationError([{ loc: ['body'], msg: 'NUL characters are not allowed', type: 'value_error', input: null }]);
  return text;
}

/**
 * A route with a schema for each content type is checked by the one that was sent, so that must be there: a JSON dialect that the route does
 * not name would pass unchecked.
 */
function checkContent(request: FastifyRequest): void {
  const content = (request.routeOptions.schema?.body as { content?: Record<string, unknown> } | undefined)?.content;
  if (content === undefined) return;
  if (request.body === undefined) throw validationError([{ loc: ['body'], msg: 'Field required', type: 'missing', input: null }]);
  if (!Object.hasOwn(content, request.mediaType ?? '')) throw unsupported(`This operation reads ${Object.keys(content).join(', ')}`);
}

const unsupported = (message: string): FlowError => new FlowError('unsupported_media_type', message);

/** JSON for every route; YAML as text for routes whose config says `acceptsYaml`; anything else is 415. */
export function useBodyParsers(app: FlowApp): void {
  app.removeAllContentTypeParsers();
  const json = async (request: FastifyRequest, text: string) => {
    noteBody(request, text);
    return request.routeOptions.config.secretBody ? parseSecretBody(text) : parseJsonBody(text);
  };
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, json);
  app.addContentTypeParser<string>(/^application\/[\w.-]+\+json$/, { parseAs: 'string' }, json);
  app.addContentTypeParser<string>(
    ['application/yaml', 'application/x-yaml', 'text/yaml', 'text/x-yaml'],
    { parseAs: 'string' },
    async (request: FastifyRequest, text: string) => {
      noteBody(request, text);
      return readYamlText(request, text);
    },
  );
  app.addHook('preValidation', async (request) => checkContent(request));
}
