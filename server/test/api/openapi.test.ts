import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import server from '../../package.json' with { type: 'json' };
import { listOperations, type OpenApi } from '../support/openapi-sample.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

const REFERENCE = fileURLToPath(new URL('../../../docs/reference/openapi.json', import.meta.url));

let platform: TestPlatform;
let document: OpenApi;

beforeAll(async () => {
  platform = await startTestPlatform();
  document = (await (await platform.as('anonymous')).get<OpenApi>('/api/openapi.json')).body;
});
afterAll(() => platform.close());

test('docs/reference/openapi.json is what is served (npm run docs:openapi writes it)', async () => {
  const lasting = { ...document, servers: [{ url: 'http://127.0.0.1:8080' }] };
  await expect(`${JSON.stringify(lasting, null, 2)}\n`).toMatchFileSnapshot(REFERENCE);
});

test('the document is OpenAPI 3.1 with both kinds of credentials, and names its own address', () => {
  expect(document.openapi).toBe('3.1.0');
  expect(document).toMatchObject({ servers: [{ url: platform.url }], info: { version: server.version } });
  expect(document.components).toMatchObject({
    securitySchemes: { BearerAuth: { type: 'http' }, APIKeyAuth: { name: 'X-API-Key', in: 'header' } },
  });
});

test('every operation has a tag, a summary and an id of its own, and says how it refuses', () => {
  const operations = listOperations(document);
  const ids = operations.map((operation) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  const faults = operations.flatMap((operation) => {
    const title = `${operation.method} ${operation.path}`;
    const takesInput = operation.parameters.length > 0 || operation.requestBody;
    const isSecured = (operation.security ?? []).length > 0;
    return [
      ...(operation.tags?.length && operation.summary ? [] : [`${title}: no tag or no summary`]),
      ...(isSecured && !operation.responses[401] ? [`${title}: 401 is not documented`] : []),
      ...(isSecured && takesInput && !operation.responses[422] ? [`${title}: 422 is not documented`] : []),
    ];
  });
  expect(faults).toEqual([]);
});

test('every reference in the document leads somewhere', () => {
  const names = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map((match) => match[1] as string);
  expect(names.filter((name) => !(name in document.components.schemas))).toEqual([]);
});
