/**
 * Every operation, every parameter that names a thing, every kind of caller: another organization's thing is answered as one that does not
 * exist. Made from the OpenAPI document, so that a new operation is covered the day it is served.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#base';
import { type DescribedOperation, listOperations, type OpenApi, sampleOf } from './support/openapi-sample.ts';
import { type PlantedWorld, plantWorld } from './support/planted-world.ts';
import type { TestClient, TestResponse } from './support/test-client.ts';
import { type Caller, startTestPlatform, type TestPlatform } from './support/test-platform.ts';

const CALLERS: Caller[] = [
  'org_admin',
  'backoffice',
  'app_user',
  'worker',
  'publisher',
  'integration',
  'service_account',
  'admin_service_account',
];
const WORD = 'zyxplanted';

let platform: TestPlatform;
let document: OpenApi;
let own: PlantedWorld;
let foreign: PlantedWorld;
let planted: Record<string, string>;

beforeAll(async () => {
  platform = await startTestPlatform();
  document = (await (await platform.as('anonymous')).get<OpenApi>('/api/openapi.json')).body;
  const bucket = platform.bucket;
  own = await plantWorld(platform.engineDb, platform.a.id, { word: 'ours', bucket });
  foreign = await plantWorld(platform.engineDb, platform.b.id, { word: WORD, bucket });
  planted = await readForeignRows();
});
afterAll(() => platform.close());

interface Place {
  operation: DescribedOperation;
  /** path, query or body */
  in: string;
  name: string;
}

/** An answer that does not end by itself. */
const isStream = (operation: DescribedOperation): boolean => 'text/event-stream' in (operation.responses[200]?.content ?? {});

/** A place in a stream is a time: it names no thing. */
const isIdShaped = (name: string, format: string | undefined): boolean =>
  format === 'uuid' || (name !== 'last_event_id' && /(^|_)(id|ids|uri)$/.test(name));

function listPlaces(): Place[] {
  return listOperations(document).flatMap((operation) => {
    if (operation.security?.length === 0) return [];
    const parameters = operation.parameters.filter((parameter) => isIdShaped(parameter.name, parameter.schema.format));
    const fields = Object.entries(operation.body?.properties ?? {}).filter(([name, schema]) => isIdShaped(name, schema.format));
    return [
      ...parameters.map((parameter) => ({ operation, in: parameter.in, name: parameter.name })),
      ...fields.map(([name]) => ({ operation, in: 'body', name })),
    ];
  });
}

const ALIASES: Record<string, keyof PlantedWorld['ids']> = {
  id: 'flow_execution_id',
  start_from_execution_id: 'flow_execution_id',
};

/** A world's value for a parameter. What has no name of its own there is a flow's id: an id all the same. */
function valueIn(world: PlantedWorld, name: string): string {
  if (name.endsWith('uri')) return world.uri;
  const key = (ALIASES[name] ?? name) as keyof PlantedWorld['ids'];
  return world.ids[key] ?? world.ids.flow_id;
}

function absentLike(world: PlantedWorld, name: string): string {
  if (!name.endsWith('uri')) return newId();
  return world.uri.replace(world.ids.flow_id, newId()).replace(world.ids.file_id, newId());
}

/** Bodies whose schema says less than the operation asks for. */
const BODIES: Record<string, Record<string, unknown>> = {
  update_flow_task: { name: 'receive', task_executor_name: 'receive_file', parameters: {} },
};

const EXTRA: Record<string, unknown> = { version: 1, task_name: 'receive', task_executor_name: 'receive_file' };

async function call(client: TestClient, place: Place, value: string): Promise<TestResponse> {
  const { operation } = place;
  const named = (name: string, where: string) => (place.name === name && place.in === where ? value : valueIn(own, name));
  const path = operation.path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => String(EXTRA[name] ?? named(name, 'path')));
  const query = new URLSearchParams();
  for (const { name, in: where, required, schema } of operation.parameters) {
    if (where !== 'query' || (!required && !(place.in === 'query' && place.name === name))) continue;
    query.append(name, isIdShaped(name, schema.format) ? named(name, 'query') : String(EXTRA[name] ?? sampleOf(document, schema)));
  }
  const known: Record<string, unknown> = { ...EXTRA };
  for (const name of Object.keys(operation.body?.properties ?? {}))
    if (isIdShaped(name, operation.body?.properties?.[name]?.format)) known[name] = named(name, 'body');
  const sample =
    BODIES[operation.operationId] ?? (operation.body && (sampleOf(document, operation.body, known) as Record<string, unknown>));
  const body = sample && { ...sample };
  if (body && place.in === 'body') body[place.name] = place.name.endsWith('ids') ? [value] : value;
  return client.send(operation.method, `${path}${query.size > 0 ? `?${query}` : ''}`, body);
}

/** What a caller can tell two answers apart by: the value that was asked for and the request's own id do not count. */
function visible(response: TestResponse, value: string): string {
  const body = JSON.stringify(response.body ?? null).replaceAll(value, '<value>');
  const ids = value.match(/[0-9a-f-]{36}/g) ?? [];
  const plain = ids.reduce((text, id) => text.replaceAll(id, '<id>'), body);
  return `${response.status} ${plain.replaceAll(/"request_id":"[^"]*"/g, '"request_id"')}`;
}

test("C1: another organization's thing is answered as one that is not there, everywhere, to everybody", async () => {
  const places = listPlaces();
  expect(places.length).toBeGreaterThan(10);
  const faults: string[] = [];
  for (const caller of CALLERS) {
    const client = await platform.as(caller);
    for (const place of places) {
      const [theirs, absent] = [valueIn(foreign, place.name), absentLike(foreign, place.name)];
      const [answer, control] = [await call(client, place, theirs), await call(client, place, absent)];
      const title = `${caller} ${place.operation.method} ${place.operation.path} (${place.in} ${place.name})`;
      const [seen, expected] = [visible(answer, theirs), visible(control, absent)];
      if (seen !== expected) faults.push(`${title}: ${seen} instead of ${expected}`);
      if (place.in === 'path' && answer.status !== 404 && answer.status !== 403) faults.push(`${title}: ${seen}`);
      if (
        caller === 'org_admin' &&
        place.in === 'path' &&
        answer.status !== 404 &&
        place.operation.operationId !== 'add_flow_task_statuses'
      )
        faults.push(`${title}: ${seen}`);
      const headers = JSON.stringify([...answer.headers]);
      if (JSON.stringify(answer.body ?? '').includes(WORD) || headers.includes(WORD)) faults.push(`${title}: shows what is theirs`);
    }
  }
  expect(faults).toEqual([]);
});

test('no list and no search shows what is theirs', async () => {
  const faults: string[] = [];
  const lists = listOperations(document).filter(
    (operation) => operation.method === 'GET' && operation.security?.length !== 0 && !isStream(operation),
  );
  for (const caller of CALLERS) {
    const client = await platform.as(caller);
    for (const operation of lists) {
      const path = operation.path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => String(EXTRA[name] ?? valueIn(own, name)));
      const text = operation.parameters.filter(
        (parameter) => parameter.in === 'query' && [parameter.schema.type].flat().includes('string'),
      );
      const query = new URLSearchParams(
        text.filter(({ schema }) => !schema.format && !schema.enum && !schema.pattern).map(({ name }): [string, string] => [name, WORD]),
      );
      for (const search of ['', `?${query}`]) {
        const answer = await client.get(`${path}${search}`);
        if (search === '' && JSON.stringify(answer.body ?? '').includes(WORD)) faults.push(`${caller} ${operation.path}`);
        if (answer.status >= 500) faults.push(`${caller} ${operation.path}${search}: ${answer.status}`);
        for (const id of Object.values(foreign.ids))
          if (JSON.stringify(answer.body ?? '').includes(id)) faults.push(`${caller} ${operation.path}${search}: ${id}`);
      }
    }
  }
  expect(faults).toEqual([]);
});

/** What each table holds of the other organization, in one number. */
async function readForeignRows(): Promise<Record<string, string>> {
  const tables = await platform.engineDb.query<{ name: string }>(
    'test-tables',
    `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'organization_id' and not a.attisdropped
      where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and has_table_privilege(c.oid, 'select') order by 1`,
    [],
  );
  const digests: Record<string, string> = {};
  for (const { name } of tables) {
    const text = `select count(*) || ' rows, ' || md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as digest from ${name} t where organization_id = $1`;
    const [row] = await platform.engineDb.query<{ digest: string }>(`test-digest-${name}`, text, [platform.b.id]);
    digests[name] = row?.digest ?? '';
  }
  return digests;
}

test('and all of it is still there, unchanged, in every table', async () => {
  expect(Object.keys(planted).length).toBeGreaterThan(20);
  expect(Object.values(planted).filter((digest) => !digest.startsWith('0 ')).length).toBeGreaterThan(14); // else there was little to change
  expect(await readForeignRows()).toEqual(planted);
});
