import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Role } from '#access';
import { newId } from '#base';
import { isPermitted, type Operation, PERMISSIONS } from '../../src/api/permissions.ts';
import { type DescribedOperation, listOperations, type OpenApi } from '../support/openapi-sample.ts';
import { type Caller, startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

const CALLERS: Exclude<Caller, 'anonymous'>[] = [
  'org_admin',
  'backoffice',
  'app_user',
  'worker',
  'publisher',
  'integration',
  'service_account',
  'admin_service_account',
];

/** Operations that no document describes: a socket, a page, and URLs that carry their right in themselves. */
const UNDESCRIBED = new Set([
  'get_setup_page',
  'get_llms_index',
  'get_documentation_page',
  'watch_flow',
  'open_flow_socket',
  'get_signed_file',
  'put_signed_file',
]);

let platform: TestPlatform;
let operations: DescribedOperation[];

beforeAll(async () => {
  platform = await startTestPlatform();
  const document = (await (await platform.as('anonymous')).get<OpenApi>('/api/openapi.json')).body;
  operations = listOperations(document);
});
afterAll(() => platform.close());

/** The role that the table knows a caller by. */
const roleOf = (caller: Exclude<Caller, 'anonymous'>): Role => {
  if (caller === 'service_account') return 'integration';
  return caller === 'admin_service_account' ? 'org_admin' : caller;
};

const isPublic = (operation: DescribedOperation) => PERMISSIONS[operation.operationId as Operation] === 'public';

async function call(caller: Caller, operation: DescribedOperation): Promise<{ status: number; code: string | undefined }> {
  const client = await platform.as(caller);
  const path = operation.path.replaceAll(/\{[^}]+\}/g, () => newId());
  const { status, body } = await client.send(operation.method, path, operation.body ? {} : undefined);
  return { status, code: body?.error?.code };
}

test('every row of the table is an operation that is served, and every operation has a row', () => {
  const served = new Set(operations.map((operation) => operation.operationId));
  const rows = Object.keys(PERMISSIONS).filter((row) => !UNDESCRIBED.has(row));
  expect([...served].filter((operation) => !(operation in PERMISSIONS))).toEqual([]);
  expect(rows.filter((row) => !served.has(row))).toEqual([]);
});

test('nobody gets into a secured operation without credentials', async () => {
  const open: string[] = [];
  for (const operation of operations.filter((operation) => !isPublic(operation))) {
    const { status } = await call('anonymous', operation);
    if (status !== 401) open.push(`${operation.method} ${operation.path}: ${status}`);
    expect(operation.security?.length, operation.path).toBe(2);
  }
  expect(open).toEqual([]);
});

test('each cell answers as the table says', async () => {
  const wrong: string[] = [];
  for (const operation of operations.filter((operation) => !isPublic(operation))) {
    for (const caller of CALLERS) {
      const { status, code } = await call(caller, operation);
      const isAllowed = isPermitted({ role: roleOf(caller) }, operation.operationId as Operation);
      const isRefused = status === 401 || (status === 403 && code === 'forbidden');
      if (isAllowed === isRefused || status >= 500) wrong.push(`${caller} ${operation.operationId}: ${status}, allowed: ${isAllowed}`);
    }
  }
  expect(wrong).toEqual([]);
});

test.each([
  ['worker', 'create_flow', false],
  ['worker', 'create_flow_execution', false],
  ['publisher', 'create_flow_execution', true],
  ['publisher', 'create_flow', false],
  ['app_user', 'create_flow', true],
  ['app_user', 'create_service_account', false],
  ['service_account', 'create_service_account', false],
  ['admin_service_account', 'create_service_account', true],
] as const)('%s and %s: %s', (caller, operation, allowed) => {
  expect(isPermitted({ role: roleOf(caller) }, operation)).toBe(allowed);
});
