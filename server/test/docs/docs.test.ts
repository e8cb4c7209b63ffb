/** What the documents say is so: links lead somewhere, commands exist, flows check, calls run, and what is made from the code is fresh. */
import { execFile } from 'node:child_process';
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '#base';
import { catalogue } from '#executors';
import { checkDefinition, formatFault } from '#language';
import { makeReferencePages } from '../../../tools/reference-pages.ts';
import { type ExampleServer, signingSecret, startExampleServer } from '../../src/executors/testing/example-server.ts';
import { runFlow } from '../support/flow-program.ts';
import { reach, reachEnd, startRun } from '../support/run-flow.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const REFERENCE = join(ROOT, 'docs/reference');
const INVOICES = join(ROOT, 'examples/invoice');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const pages = globSync('**/*.md', { cwd: ROOT, exclude: (path) => /(^|\/)(node_modules|\.[^/]+)$/.test(path) }).sort();

/** The page without its code: what is in fences or backticks is no link. */
const proseOf = (text: string) => text.replaceAll(/^```[\s\S]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, '');

/** A heading as GitHub turns it into an anchor. */
const anchorsOf = (text: string) =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

function findBrokenLinks(page: string): string[] {
  const links = [...proseOf(read(page)).matchAll(/\]\(([^)\s]+)[^)]*\)/g)].map(([, link = '']) => link);
  return links.filter((link) => {
    if (/^(https?|mailto):/.test(link)) return false;
    const [path = '', anchor] = link.split('#', 2);
    const target = path === '' ? join(ROOT, page) : resolve(ROOT, dirname(page), path);
    if (!existsSync(target)) return true;
    return anchor !== undefined && !anchorsOf(readFileSync(target, 'utf8')).includes(anchor);
  });
}

test('every link of every page leads to something in the repository', () => {
  expect(pages).toEqual(expect.arrayContaining(['README.md', 'ARCHITECTURE.md', 'docs/reference/flow-language.md']));
  expect(pages.flatMap((page) => findBrokenLinks(page).map((link) => `${page}: ${link}`))).toEqual([]);
});

test('every command that a page names exists', async () => {
  const scripts = Object.keys(JSON.parse(read('package.json')).scripts);
  const help = await runFlow(['--help']);
  const commands = [...help.stdout.matchAll(/^ +([a-z]+) {2,}/gm)].map((match) => match[1]);
  expect(commands).toContain('serve');
  const unknown = pages.flatMap((page) => {
    const text = read(page);
    const runs = [...text.matchAll(/npm (?:run ([\w:-]+)|(start|test)\b)/g)].map((match) => match[1] ?? match[2] ?? '');
    const flows = [...text.matchAll(/(?:npx flow|`flow) ([a-z]+)/g)].map((match) => match[1] ?? '');
    return [...runs.filter((name) => !scripts.includes(name)), ...flows.filter((name) => !commands.includes(name))].map(
      (name) => `${page}: ${name}`,
    );
  });
  expect(unknown).toEqual([]);
});

test('the reference pages that are made from the code are fresh (npm run docs:reference), and there is no other', () => {
  const made = makeReferencePages();
  for (const [path, text] of made) expect(readFileSync(join(REFERENCE, path), 'utf8'), path).toBe(text);
  expect(
    readdirSync(join(REFERENCE, 'executors'))
      .map((name) => `executors/${name}`)
      .sort(),
  ).toEqual([...made.keys()].filter((path) => path.startsWith('executors/')).sort());
});

interface ShownFlow {
  place: string;
  text: string;
  /** An executor that the page itself says is not there yet. */
  notYet?: string | undefined;
}

describe('flows', () => {
  const examples = globSync('examples/**/*.{yaml,yml}', { cwd: ROOT }).map((path): ShownFlow => ({ place: path, text: read(path) }));
  const shown = pages.flatMap((page) =>
    [...read(page).matchAll(/(?:<!-- not yet: (\w+) -->\n)?^```yaml\n([\s\S]*?)^```/gm)]
      .map(([, notYet, text = ''], i): ShownFlow => ({ place: `${page}, block ${i + 1}`, text, notYet }))
      .filter(({ text }) => /^tasks:/m.test(text)),
  );
  const faultsOf = (text: string) => checkDefinition(text, catalogue).faults.map(formatFault);

  test('are there to look at', () => {
    expect(shown.filter(({ place }) => place.startsWith('docs/reference/flow-language.md')).length).toBeGreaterThan(8);
    expect(shown.some(({ place }) => place.startsWith('README.md'))).toBe(true);
    expect(examples.map(({ place }) => place)).toContain('examples/invoice/flow.yaml');
  });

  test.each([...examples, ...shown].filter(({ notYet }) => !notYet))('$place can run', ({ text }) => {
    expect(faultsOf(text)).toEqual([]);
  });

  test.each(shown.filter(({ notYet }) => notYet))('$place only waits for an executor', ({ text, notYet }) => {
    expect(faultsOf(text)).toEqual([expect.stringContaining(`Invalid task executor '${notYet}'`)]);
  });
});

/** What the example of an executor that waits waits for. */
const OUTSIDE: Record<string, (client: TestClient) => Promise<void>> = {
  external_task: async (client) => {
    const { body } = await client.post('/api/external-tasks/claim', { topics: ['stamps'], wait_seconds: 30 });
    const [{ task_execution_id: id, lease_token }] = body.tasks;
    expect((await client.post(`/api/external-tasks/${id}/complete`, { lease_token, output: { stamped: true } })).status).toBe(200);
  },
};

/** The flow that the example of `run_flow` calls. */
const CALLED = [
  'name: Name a document',
  'tasks:',
  '  - {name: receive, task_executor_name: receive_file, parameters: {}}',
  '  - {name: title, task_executor_name: format_data, parameters: {template: "{{receive.filename}}"}}',
  '',
].join('\n');

describe('through the API', () => {
  let platform: TestPlatform;
  let client: TestClient;
  let key: string;
  let server: ExampleServer;

  beforeAll(async () => {
    server = await startExampleServer();
    platform = await startTestPlatform({ loops: 1, config: { allowPrivateNetworks: ['127.0.0.0/8'] } });
    client = await platform.as('service_account');
    key = client.token;
  });
  afterAll(() => Promise.all([platform.close(), server.close()]));

  const publish = async (text: string): Promise<string> => {
    const answer = await client.post('/api/flows', text, { 'Content-Type': 'application/yaml' });
    expect(answer.status, JSON.stringify(answer.body)).toBe(201);
    return answer.body.id;
  };

  const upload = async (flowId: string, path: string, contentType: string): Promise<JsonObject> => {
    const place = (await client.post(`/api/flows/${flowId}/upload-url?content_type=${encodeURIComponent(contentType)}`)).body;
    const put = await fetch(place.upload_url, { method: 'PUT', body: readFileSync(path), headers: { 'Content-Type': contentType } });
    expect(put.status).toBe(200);
    return { file_key: place.file_key };
  };

  /** Sends the task that waits its output. */
  const answer = async (id: string, output: Json): Promise<void> => {
    await reach(client, id, 'awaiting_input');
    const { body } = await client.get(`/api/task-executions?flow_execution_id=${id}`);
    const waiting = body.task_executions.find((task: JsonObject) => task['processing_status'] === 'awaiting_input');
    const sent = {
      flow_execution_id: id,
      organization_id: platform.a.id,
      task_name: waiting.task_name,
      summary: null,
      status: 'completed',
      output,
    };
    expect((await client.post('/api/task-outputs', sent)).status).toBe(201);
  };

  test.each(catalogue.list().map((executor) => [executor.name, executor]))(
    'the example of %s runs',
    { timeout: 120_000 },
    async (_, executor) => {
      if (executor.name === 'run_flow') await publish(CALLED);
      const admin = await platform.as('org_admin');
      for (const [, name = ''] of executor.example.definition.matchAll(/\{\{secrets\.(\w+)\}\}/g))
        await admin.put(`/api/secrets/${name}`, { value: signingSecret(name) });
      const flowId = await publish(server.definitionOf(executor));
      const file = await upload(flowId, join(INVOICES, 'northwind-invoice.pdf'), 'application/pdf');
      const { id } = await startRun(client, flowId, { ...executor.example.input, ...file });
      if (executor.example.answer !== undefined) await answer(id, executor.example.answer);
      await OUTSIDE[executor.name]?.(client);
      const run = await reachEnd(client, id);
      const { body } = await client.get(`/api/task-executions?flow_execution_id=${id}`);
      expect(run.status, JSON.stringify(body)).toBe('completed');
      expect(body.task_executions.every((task: JsonObject) => task['processing_status'] === 'completed')).toBe(true);
    },
  );

  const expected = JSON.parse(readFileSync(join(INVOICES, 'expected.json'), 'utf8')) as Record<string, JsonObject>;

  test.each([
    ['northwind-invoice.pdf', 'application/pdf', 10],
    ['scan-rechnung.jpg', 'image/jpeg', 9],
  ])('examples/invoice reads %s', { timeout: 120_000 }, async (document, contentType, least) => {
    const fields = expected[document] ?? {};
    const flowId = await publish(readFileSync(join(INVOICES, 'flow.yaml'), 'utf8').replace(/^name: .*$/m, `name: Invoice, ${document}`));
    const { id } = await startRun(client, flowId, await upload(flowId, join(INVOICES, document), contentType));
    await expect.poll(async () => (await client.get(`/api/flow-executions/${id}`)).body.status, { timeout: 100_000 }).toBe('completed');
    const { body } = await client.get(`/api/task-outputs?flow_execution_id=${id}`);
    const output = (task: string) => body.find((each: { task_name: string }) => each.task_name === task).output;
    const invoice = output('invoice');
    const wrong = Object.keys(fields).filter((name) => invoice[name] !== fields[name]);
    expect(Object.keys(fields)).toHaveLength(10);
    expect(wrong.map((name) => `${name}: ${invoice[name]}`).slice(0, 10), JSON.stringify(invoice)).toHaveLength(
      Math.min(wrong.length, 10 - least),
    );
    for (const name of Object.keys(fields).filter((each) => !wrong.includes(each))) {
      expect(invoice._evidence[name], name).toMatchObject({ page: expect.any(Number), box: expect.any(Array) });
      expect(invoice._evidence[name].confidence).toBeGreaterThan(0.5);
    }
    expect(output('summary').text).toContain(`(invoice ${fields['InvoiceID']}, `);
  });

  const guides = pages.filter((page) => page.startsWith('docs/guides/') && read(page).includes('<!-- test -->'));

  test.each(guides)('the calls of %s run as they stand, and show what it says', { timeout: 120_000 }, async (page) => {
    const text = read(page);
    const folder = await mkdtemp(join(tmpdir(), 'flow-guide-'));
    for (const [, name = '', flow = ''] of text.matchAll(/ `([\w-]+\.yaml)`:\n\n```yaml\n([\s\S]*?)^```/gm))
      await writeFile(join(folder, name), flow);
    const script = [...text.matchAll(/<!-- test -->\n```sh\n([\s\S]*?)^```/gm)].map(([, block]) => block).join('\n');
    const env = { PATH: process.env.PATH, API: platform.url, KEY: key, ADMIN_KEY: (await platform.as('admin_service_account')).token };
    const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], { cwd: folder, env, timeout: 100_000 });
    await rm(folder, { recursive: true });
    for (const [, shown = ''] of text.matchAll(/<!-- shows: (.*) -->/g)) expect(stdout).toContain(shown);
  });

  test('the curl calls of the README run as they stand', { timeout: 120_000 }, async () => {
    const [, script] = /<!-- test: api -->\n```sh\n([\s\S]*?)^```/m.exec(read('README.md')) ?? [];
    if (script === undefined) throw new Error('README.md has no block of calls behind <!-- test: api -->');
    const before = (await client.get('/api/flows')).headers.get('x-total-count');
    const env = { PATH: process.env.PATH, API: platform.url, KEY: key };
    const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], { cwd: ROOT, env, timeout: 100_000 });
    expect(stdout).toContain('NW-2026-004817');
    expect(stdout).toContain('"processing_status":"completed"');
    expect(Number((await client.get('/api/flows')).headers.get('x-total-count'))).toBe(Number(before) + 1);
  });
});
