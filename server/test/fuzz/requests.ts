import * as fc from 'fast-check';
import { newId } from '#base';
import { type DescribedOperation, type OpenApi, resolve, type Schema } from '../support/openapi-sample.ts';
import type { IdPool } from './id-pool.ts';
import { boundary, type FullSchema, hostile, valid } from './schema-values.ts';

export interface FuzzRequest {
  operation: DescribedOperation;
  path: string;
  query: [string, string][];
  headers: Record<string, string>;
  /** JSON text, or what was sent in its place. */
  body: string | undefined;
}

type Kind = 'valid' | 'boundary' | 'hostile';

/** Mostly valid: what is refused at the door shows nothing of the rooms behind. */
const kinds = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Kind>('valid') },
  { weight: 1, arbitrary: fc.constant<Kind>('boundary') },
  { weight: 1, arbitrary: fc.constant<Kind>('hostile') },
);

/** One request to the operation: ids mostly such as were returned, bodies valid, at a limit, mutated, of a wrong type, or no JSON at all. */
export function requestTo(document: OpenApi, operation: DescribedOperation, pool: IdPool): fc.Arbitrary<FuzzRequest> {
  const known = (name: string) => pool.arbitraryFor(name);
  const value = (name: string, schema: Schema): fc.Arbitrary<unknown> =>
    kinds.chain((kind) => {
      if (kind === 'boundary') return boundary(document, schema as FullSchema);
      return kind === 'hostile' ? hostile : (known(name) ?? valid(document, schema as FullSchema, known));
    });
  const parameters = fc.tuple(
    ...operation.parameters.map((parameter) =>
      fc.tuple(fc.constant(parameter), value(parameter.name, parameter.schema), fc.boolean(), fc.integer({ min: 0, max: 2 })),
    ),
  );
  return fc.tuple(parameters, bodyOf(document, operation, known), fc.integer({ min: 0, max: 19 })).map(([drawn, body, dice]) => {
    const paths = new Map<string, string>();
    const query: [string, string][] = [];
    const headers: Record<string, string> = {};
    for (const [{ name, in: place, required }, drawnValue, isGiven, repeat] of drawn) {
      const texts = [drawnValue].flat().map(textOf);
      if (place === 'path') paths.set(name, texts[0] || newId());
      else if (!required && !isGiven) continue;
      else if (place === 'query') for (const text of texts.slice(0, repeat + 1)) query.push([name, text]);
      else headers[name] = (texts[0] ?? '').replaceAll(/[^\x20-\x7e]/g, '?');
    }
    if (dice === 0) query.push(['no_such_parameter', 'x']);
    const path = operation.path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => encodeURIComponent(wellFormed(paths.get(name) ?? newId())));
    return { operation, path: dice === 1 ? `${path}/` : path, query, headers, body };
  });
}

const wellFormed = (text: string): string => text.toWellFormed();
const textOf = (value: unknown): string => wellFormed(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

function bodyOf(
  document: OpenApi,
  operation: DescribedOperation,
  known: (name: string) => fc.Arbitrary<unknown> | undefined,
): fc.Arbitrary<string | undefined> {
  const schema = operation.body;
  if (operation.method === 'GET') return fc.constant(undefined);
  if (schema === undefined) return fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.constant('{}') });
  const good = valid(document, schema as FullSchema, known);
  return fc.oneof(
    { weight: 12, arbitrary: good.map((body) => JSON.stringify(body)) },
    {
      weight: 4,
      arbitrary: fc.tuple(good, hostile, fc.nat()).map(([body, bad, at]) => JSON.stringify(mutated(document, schema, body, bad, at))),
    },
    { weight: 2, arbitrary: good.map((body) => JSON.stringify({ ...(body as object), no_such_field: 1, constructor: 1 })) },
    { weight: 1, arbitrary: hostile.map((body) => JSON.stringify(body)) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('', '{', 'null', '[]', '"x"', '{"a":1,"a":2}', '\u0000', '{"a":"\\ud800"}', `${'['.repeat(2000)}`),
    },
  );
}

/** The body with one field replaced by something else, or left out. */
function mutated(document: OpenApi, schema: Schema, body: unknown, bad: unknown, at: number): unknown {
  const names = Object.keys(resolve(document, schema).properties ?? {});
  const name = names[at % Math.max(1, names.length)];
  if (name === undefined || typeof body !== 'object' || body === null) return bad;
  const copy = { ...(body as Record<string, unknown>) };
  if (at % 3 === 0) delete copy[name];
  else copy[name] = bad;
  return copy;
}
