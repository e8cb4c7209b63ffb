import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listOperations, type OpenApi } from '../support/openapi-sample.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

let platform: TestPlatform;
let document: OpenApi;
beforeAll(async () => {
  platform = await startTestPlatform();
  document = (await (await platform.as('anonymous')).get<OpenApi>('/api/openapi.json')).body;
});
afterAll(() => platform.close());

/** Without credentials: a reader has none yet. */
const read = async (path: string) => {
  const response = await fetch(platform.url + path);
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
};

describe('/llms.txt', () => {
  test('lists every operation and every page, and each link leads to Markdown', async () => {
    const index = await read('/llms.txt');
    expect(index).toMatchObject({ status: 200, type: 'text/plain; charset=utf-8' });
    const links = [...index.text.matchAll(/\]\((\S+?\.md)\)/g)].map((match) => match[1] as string);
    for (const { operationId } of listOperations(document)) expect(links).toContain(`${platform.url}/docs/operations/${operationId}.md`);
    expect(links).toEqual(
      expect.arrayContaining(['flow-language', 'errors', 'configuration'].map((page) => `${platform.url}/docs/reference/${page}.md`)),
    );
    for (const link of links) {
      const page = await read(link.slice(platform.url.length));
      expect(page, link).toMatchObject({ status: 200, type: 'text/markdown; charset=utf-8' });
    }
  });
});

describe('the page of an operation', () => {
  test('has its parameters, its body, its answers and the types that they name', async () => {
    const { text } = await read('/docs/operations/create_flow_execution.md');
    expect(text).toContain('`POST /api/flow-executions`');
    expect(text).toMatch(/\| `flow_id` \| `string \(uuid\)` \| yes \|/);
    expect(text).toMatch(/\| 201 \| `FlowExecutionResponse` \| /);
    expect(text).toMatch(/^## FlowExecutionResponse$/m);
    expect(text).toContain('curl -X POST "$FLOW_SERVER/api/flow-executions"');
  });

  test('names every parameter and every status of every operation', async () => {
    for (const operation of listOperations(document)) {
      const { text } = await read(`/docs/operations/${operation.operationId}.md`);
      for (const parameter of operation.parameters)
        expect(text, operation.operationId).toContain(`| \`${parameter.name}\` | ${parameter.in} |`);
      for (const status of Object.keys(operation.responses)) expect(text, operation.operationId).toContain(`| ${status} |`);
    }
  });
});

test.each([
  '/docs/operations/no_such_operation.md',
  '/docs/reference/../../package.json',
  '/docs/reference/%2e%2e%2f%2e%2e%2fpackage.json',
  '/docs/reference/..%5c..%5cpackage.json',
  '/docs/guides/no-such-guide.md',
  '/docs/reference/openapi.json',
])('%s is no page', async (path) => {
  const response = await fetch(platform.url + path.replaceAll('/..', '/%2e%2e'));
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ error: { code: 'not_found' } });
});
