// Organizations with people in them, and what these do through the API.
import { createAccess } from '../server/src/access/index.ts';
import { createLog, type Id, type JsonObject, newId } from '../server/src/base/index.ts';
import { createEngineDatabase } from '../server/src/db/index.ts';
import type { BenchDatabase } from './bench-database.ts';
import type { BenchFlow } from './bench-platform.ts';
import { type HttpAnswer, writeRequest } from './http-client.ts';

export interface BenchUser {
  organizationId: Id;
  headers: { Authorization: string };
}

/** Users with an open session each, round and round over so many organizations, none of which limits its executions. */
export async function createUsers(database: BenchDatabase, options: { organizations: number; users: number }): Promise<BenchUser[]> {
  const log = createLog({ level: 'warn' });
  const engineDb = createEngineDatabase(database.engineUrl, { max: 2, log });
  try {
    const access = await createAccess({ engineDb, config: { encryptionKey: database.encryptionKey }, log });
    const organizations = Array.from({ length: options.organizations }, newId);
    await database.owner.query('insert into organizations (id, name) select id, id::text from unnest($1::uuid[]) id', [organizations]);
    const users: BenchUser[] = [];
    for (let i = 0; i < options.users; i++) {
      const organizationId = organizations[i % organizations.length] as Id;
      const { id } = await access.createUser({ organizationId, email: `user${i}@bench.example`, role: 'org_admin' });
      const session = await access.openSession(organizationId, id, 'password');
      users.push({ organizationId, headers: { Authorization: `Bearer ${session.accessToken}` } });
    }
    return users;
  } finally {
    await engineDb.close();
  }
}

/** A request of the API, its answer read as JSON. Throws with the answer where it is not a success. */
// biome-ignore lint/suspicious/noExplicitAny: a question says what it expects of an answer, and is wrong where it is wrong
export async function callApi(url: string, user: BenchUser, method: string, path: string, body?: unknown, headers = {}): Promise<any> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { ...user.headers, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 1000)}`);
  return text === '' ? undefined : JSON.parse(text);
}

export interface ApiFlow {
  flowId: Id;
  /** Tasks of its definition. */
  length: number;
}

/** Creates a flow as its user would. */
export async function createFlow(url: string, user: BenchUser, definition: JsonObject): Promise<ApiFlow> {
  const flow = await callApi(url, user, 'POST', '/api/flows', { display_name: `Flow ${newId()}`, definition });
  return { flowId: flow.id, length: (definition['tasks'] as unknown[]).length };
}

/** The same flow as those know it who start it in process. */
export async function readFlow({ owner }: BenchDatabase, { flowId, length }: ApiFlow): Promise<BenchFlow> {
  const { rows } = await owner.query<{ organization_id: Id; id: Id }>('select organization_id, id from flow_versions where flow_id = $1', [
    flowId,
  ]);
  const [version] = rows;
  if (!version) throw new Error(`The flow ${flowId} has no version`);
  return { organizationId: version.organization_id, flowId, versionId: version.id, length };
}

/** The request that starts an execution and is answered when it has ended. */
export const writeStart = (url: string, { headers }: BenchUser, { flowId }: ApiFlow): Buffer =>
  writeRequest(url, {
    method: 'POST',
    path: '/api/flow-executions',
    headers: { ...headers, Prefer: 'wait=60' },
    body: { flow_id: flowId, input: {} },
  });

/** Whether it was answered with an execution that has completed. */
export const isCompleted = ({ status, body }: HttpAnswer): boolean => status === 201 && JSON.parse(body).status === 'completed';

/** Starts an execution and answers it when it has ended; throws where it did not complete within `waitSeconds`. */
export async function runToEnd(
  url: string,
  user: BenchUser,
  flow: ApiFlow,
  waitSeconds: number,
): Promise<{ id: Id; [field: string]: unknown }> {
  const body = { flow_id: flow.flowId, input: {} };
  const answer = await callApi(url, user, 'POST', '/api/flow-executions', body, { Prefer: `wait=${waitSeconds}` });
  if (answer.status !== 'completed') throw new Error(`The execution ${answer.id} is ${answer.status} after ${waitSeconds} s`);
  return answer;
}
