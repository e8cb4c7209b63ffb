/**
 * Requests of every kind to every operation, by every role, from our own description of the API: none is answered with a fault of the server, with an
 * undocumented status, with a body that does not fit its schema, or with anything of another organization.
 *
 *   npm run fuzz -- --requests 100000 --seed 7
 */
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { catalogue } from '#executors';
import { type DescribedOperation, listOperations, type OpenApi } from '../support/openapi-sample.ts';
import { plantWorld } from '../support/planted-world.ts';
import { type Caller, startTestPlatform, type TestPlatform } from '../support/test-platform.ts';
import { type Answer, answerChecker, type CheckAnswer } from './check-answer.ts';
import { IdPool } from './id-pool.ts';
import { type FuzzRequest, requestTo } from './requests.ts';

const REQUESTS = Number(process.env.FLOW_TEST_REQUESTS ?? 3000);
const SEED = Number(process.env.FLOW_TEST_SEED ?? 1);
const FOREIGN = 'zyxforeign';
/** The administrator does most: others are mostly refused. */
const CALLERS: Caller[] = [
  ...Array<Caller>(6).fill('org_admin'),
  'admin_service_account',
  'service_account',
  'app_user',
  'integration',
  'backoffice',
  'worker',
  'publisher',
  'anonymous',
];
/** Would end the callers themselves, or answer when something happens. */
const NOT_CALLED = new Set(['sign_out']);
const MOST_FAULTS = 20;

let platform: TestPlatform;
let operations: DescribedOperation[];
let document: OpenApi;
let check: CheckAnswer;
const pool = new IdPool();

beforeAll(async () => {
  platform = await startTestPlatform({ loops: 1 });
  document = (await (await platform.as('anonymous')).get<OpenApi>('/api/openapi.json')).body;
  operations = listOperations(document).filter(({ operationId }) => !NOT_CALLED.has(operationId));
  const own = await plantWorld(platform.engineDb, platform.a.id, { word: 'ours', bucket: platform.bucket });
  const foreign = await plantWorld(platform.engineDb, platform.b.id, { word: FOREIGN, bucket: platform.bucket });
  for (const [name, id] of Object.entries(own.ids)) pool.add(name, id);
  for (const [name, id] of Object.entries(foreign.ids)) pool.add(name, id);
  pool.add('organization_id', platform.a.id);
  pool.add('uri', own.uri);
  pool.add('wait_seconds', 0); // nothing is waited for
  for (const { example } of catalogue.list()) {
    for (const name of ['definition', 'flow_definition']) pool.add(name, example.definition);
    pool.add('input', example.input);
  }
  check = answerChecker(document, [FOREIGN]);
});
afterAll(() => platform.close());

/** `/api/flow-executions/{id}` is about a flow_execution_id. */
const kindOf = (operation: DescribedOperation): string =>
  `${(operation.path.split('/').filter((part) => part && part !== 'api' && !part.startsWith('{'))[0] ?? '').replaceAll('-', '_').replace(/s$/, '')}_id`;

async function send(caller: Caller, request: FuzzRequest): Promise<Answer> {
  const client = await platform.as(caller);
  const query = request.query.length > 0 ? `?${new URLSearchParams(request.query)}` : '';
  const { method } = request.operation;
  const type: Record<string, string> = request.body === undefined ? {} : { 'Content-Type': 'application/json' };
  const init = { method, headers: { ...type, ...request.headers, Prefer: 'wait=0' } };
  const response = await client.fetch(request.path + query, { ...init, ...(request.body === undefined ? {} : { body: request.body }) });
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  if (isStream) await response.body?.cancel();
  return { status: response.status, headers: response.headers, text: isStream ? '' : await response.text() };
}

test(`${REQUESTS} requests of every kind (seed ${SEED})`, { timeout: 120_000 + REQUESTS * 100 }, async () => {
  const faults: string[] = [];
  const statuses = new Map<string, number>();
  for (let n = 0; n < REQUESTS && faults.length < MOST_FAULTS; n++) {
    const operation = operations[n % operations.length] as DescribedOperation;
    const draw = { seed: SEED * 1_000_003 + n, numRuns: 1 };
    const [caller = 'org_admin'] = fc.sample(fc.constantFrom(...CALLERS), draw);
    const [request] = fc.sample(requestTo(document, operation, pool), draw);
    if (request === undefined) continue;
    const answer = await send(caller, request);
    const group = `${Math.floor(answer.status / 100)}xx`;
    statuses.set(group, (statuses.get(group) ?? 0) + 1);
    for (const fault of check(operation, answer)) {
      faults.push(
        `${n}: ${caller} ${operation.method} ${request.path}?${new URLSearchParams(request.query)} ${request.body?.slice(0, 600) ?? ''} -> ${answer.status}: ${fault} ${answer.text.slice(0, 300)}`,
      );
    }
    if (answer.status < 300 && answer.text !== '' && answer.headers.get('content-type')?.startsWith('application/json'))
      pool.learn(kindOf(operation), JSON.parse(answer.text));
  }
  console.info(JSON.stringify({ seed: SEED, requests: REQUESTS, operations: operations.length, ...Object.fromEntries(statuses) }));
  expect(faults).toEqual([]);
  expect(statuses.get('2xx') ?? 0).toBeGreaterThan(REQUESTS / 10); // else it has only knocked at the door
});
