import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSafeFetch, isJsonObject, type Json, type JsonObject, type JsonSchema } from '#base';
import { createDocumentReader } from '#documents';
import { checkDefinition, checkSchema } from '#language';
import { catalogue } from './catalog.ts';
import type { Executor, ExecutorContext, Outcome } from './contract.ts';
import { type ExampleServer, signingSecret, startExampleServer } from './testing/example-server.ts';
import { BUCKET, contextOf, filesOf, log } from './testing/executor-context.ts';

const documents = createDocumentReader({ log, cores: 1 });
const wayOut = createSafeFetch({ allowPrivateNetworks: ['127.0.0.0/8'] });
let server: ExampleServer;
beforeAll(async () => {
  server = await startExampleServer();
});
afterAll(() => Promise.all([documents.close(), wayOut.close(), server.close()]));

const KEY = 'documents/invoice.txt';
const TEXT = 'Example Trading Ltd.\n\nInvoice number: INV-77\nInvoice date: 2026-03-14\n\nTotal: 12.50 EUR\n';
const files = filesOf({ [KEY]: { bytes: Buffer.from(TEXT), contentType: 'text/plain', filename: 'invoice.txt' } });
const tasks: Record<string, Json> = {
  receive: { document_url: `gs://${BUCKET}/${KEY}`, filename: 'invoice.txt', mime_type: 'text/plain', size_bytes: 9 },
};
const makeContext = (given: Partial<ExecutorContext> = {}): ExecutorContext =>
  contextOf({ files, documents, callOut: wayOut.share('o'), input: { file_key: KEY }, tasks, ...given });

/** Parameters of the executor's own example, its references replaced as the platform would, and a server of ours in place of the one it calls. */
function exampleParameters(executor: Executor): JsonObject {
  const checked = checkDefinition(server.definitionOf(executor), catalogue);
  expect(checked.plan, JSON.stringify(checked)).toBeDefined();
  const planned = checked.plan?.tasks.find((task) => task.executor === executor.name);
  const resolver = planned === undefined ? undefined : checked.plan?.resolve.get(planned.number);
  const secrets = Object.fromEntries((resolver?.secrets ?? []).map((name) => [name, signingSecret(name)]));
  const execution = { id: 'e', flow_id: 'f', flow_version: 1, run_number: 1, organization_id: 'o', created_at: '2026-01-01T00:00:00Z' };
  return (resolver?.parameters({ tasks, input: { file_key: KEY }, execution, secrets }) ?? {}) as JsonObject;
}

/** What differs between two runs of the same thing: nothing but the clock. */
const comparable = (outcome: Outcome): string => JSON.stringify(outcome, (key, value) => (key === 'duration_ms' ? 0 : value));

function forbiddenKeywords(schema: unknown, path = '$'): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) =>
    ['$ref', '$schema', '$dynamicRef', '$defs'].includes(key) ? [`${path}.${key}`] : forbiddenKeywords(value, `${path}.${key}`),
  );
}

/** Compiling a schema proves that it is one. */
const isSchema = (schema: JsonSchema): boolean => {
  checkSchema(structuredClone(schema), null);
  return true;
};

/** Executors whose example waits at first: for a program outside, a person, a run. What they give is not theirs to say. */
const WAITING: ReadonlySet<string> = new Set(['external_task']);

const HOSTILE: unknown[] = [
  JSON.parse('{"__proto__": {"polluted": true}}'),
  JSON.parse('{"constructor": {"prototype": {"polluted": true}}}'),
  { toString: 'x', valueOf: null, hasOwnProperty: 1 },
  { document_url: 'gs://\u0000/../../etc/passwd', template: '\u0000', duration: '\u0000', fields: '\u0000' },
  { document_url: 'x'.repeat(1_000_000), template: 'x'.repeat(1_000_000), duration: '9'.repeat(1_000_000) },
  { fields: JSON.parse('[{"id": "__proto__", "data_type": "string"}]'), document: 'Total: 5' },
  { fields: Array.from({ length: 5000 }, (_, i) => ({ id: `f${i}` })), document: 'x' },
  { fields: [{ id: '_evidence' }], document: 'x' },
  { fields: [{ id: 'a' }, { id: 'a' }], document: 'x' },
  { fields: [{ id: 'a', data_type: 'table' }], document: 'x' },
  { fields: { a: '"'.repeat(10_000) } },
  { routes: [{ name: '__proto__', when: 'true' }], else: 'constructor' },
  { routes: [{ name: 'a', when: 'size(tasks) > 0 && tasks["__proto__"] != null' }] },
  { routes: Array.from({ length: 5000 }, (_, i) => ({ name: `r${i}`, when: 'true' })) },
  { rules: [{ name: '__proto__', check: 'false', message: '{{ "x" | repeat: 1e9 }}' }], on_failure: 'flag' },
  { rules: [{ check: 'tasks.all(t, tasks[t].constructor != null)' }] },
  { rules: Array.from({ length: 200 }, () => ({ check: `${'!'.repeat(9000)}true` })) },
  { timeout: '1s'.repeat(30), on_timeout: 'route', human_messages: [{ when: 'true', message: '{{ input.constructor }}' }] },
  { human_messages: [7, null], assigned_users: 'all', thresholds: JSON.parse('{"__proto__": 0.5, "a": 7}') },
  { classes: ['__proto__', 'a'], text: 'a' },
  { classes: ['constructor', 'toString', 'a', 'a'], text: 'constructor '.repeat(100_000) },
  { classes: Array.from({ length: 100 }, (_, i) => ({ name: `c${i}`, keywords: ['('.repeat(200)] })), document: '(('.repeat(100_000) },
  { routes: [null, 7, { name: null }, []], else: {} },
  { fields: { a: 'a'.repeat(10_000) } },
  { fields: { a: `${'('.repeat(5000)}1${')'.repeat(5000)}` } },
  { template: '{{'.repeat(20_000) },
  { template: '{% if '.repeat(5000) },
  { until: 'never', duration: null },
  { document_url: 7, mime_type: [], worker: {} },
  { document: { pages: [{ words: [{ text: 'a', box: [0, 0, 'x', 1] }, null, 7] }] }, fields: [{ id: 'a' }] },
  { document: 'a\u0000b\ud800', fields: [{ id: 'a', title: '\u0000' }] },
  { document: `${'\n'.repeat(100_000)}Total: 5`, fields: [{ id: 'total', data_type: 'money' }] },
  [],
  null,
  7,
  'text',
];

describe.each(catalogue.list().map((executor) => [executor.name, executor] as const))('%s', (name, executor) => {
  test('describes itself wholly', () => {
    expect(name).toMatch(/^[a-z][a-z0-9_]*[a-z0-9]$/);
    expect(executor.title.length).toBeGreaterThan(2);
    expect(executor.description.length).toBeGreaterThanOrEqual(10);
    expect(executor.agentPrompt).toMatch(/^Use it/);
    expect(executor.agentPrompt.length).toBeGreaterThan(80);
    expect(executor.defaultTimeoutMs).toBeGreaterThan(0);
    expect(executor.concurrency ?? 1).toBeGreaterThan(0);
    expect(executor.flowInputSchema !== null).toBe(executor.isInput);
    expect(catalogue.get(name)).toBe(executor);
  });

  test('its schemas are JSON Schema 2020-12, inlined, and survive a copy', () => {
    const parameters = exampleParameters(executor);
    const schemas = [
      executor.parametersSchema,
      executor.outputSchema(parameters),
      executor.outputSchema({}),
      ...(executor.flowInputSchema === null ? [] : [executor.flowInputSchema]),
      ...(executor.inputSchema ? [executor.inputSchema(parameters), executor.inputSchema({})] : []),
    ];
    for (const schema of schemas) {
      expect(forbiddenKeywords(schema)).toEqual([]);
      expect(isSchema(schema)).toBe(true);
      expect(structuredClone(schema)).toEqual(JSON.parse(JSON.stringify(schema)));
    }
    expect(executor.parametersSchema['type']).toBe('object');
  });

  test('its example is a flow without a fault, and its input fits', () => {
    const checked = checkDefinition(executor.example.definition, catalogue);
    expect(checked.plan).toBeDefined();
    const input = checked.plan?.tasks[checked.plan.inputTasks[0] ?? 0];
    expect(checkSchema(input?.inputSchema ?? { not: {} }, executor.example.input)).toEqual([]);
  });

  test('the example runs, its output fits the schema, and the same key gives the same result', async () => {
    const parameters = exampleParameters(executor);
    expect(checkSchema(executor.parametersSchema, parameters)).toEqual([]);
    const given = { firstStartedAt: new Date(), flowInput: { ...executor.example.input, file_key: KEY } };
    const outcome = await executor.run(parameters, makeContext(given));
    const { answer } = executor.example;
    expect(outcome).toMatchObject({ status: answer === undefined && !WAITING.has(name) ? 'completed' : 'awaiting_input' });
    const output = outcome.status === 'completed' ? outcome.output : answer;
    if (output !== undefined) expect(checkSchema(structuredClone(executor.outputSchema(parameters)), output)).toEqual([]);
    const taken = outcome.status === 'completed' ? outcome.routes : executor.eventRoutes?.(answer ?? null);
    for (const route of taken ?? []) expect(executor.routes?.(parameters)).toContain(route);
    const again = await executor.run(parameters, makeContext({ ...given, attempt: 2 }));
    expect(comparable(again)).toBe(comparable(outcome));
  });

  test('stops at once when its signal has aborted, and soon when it aborts', async () => {
    const parameters = exampleParameters(executor);
    const startedAt = performance.now();
    expect(await executor.run(parameters, makeContext({ signal: AbortSignal.abort() }))).toMatchObject({
      status: 'failed',
      error: { code: 'aborted' },
    });
    expect(performance.now() - startedAt).toBeLessThan(100);
    const controller = new AbortController();
    const running = executor.run(parameters, makeContext({ signal: controller.signal }));
    controller.abort();
    await running;
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });

  test.each(HOSTILE.map((parameters, index) => [index, parameters] as const))(
    'hostile parameters %i are a value, never a throw',
    async (_, parameters) => {
      const startedAt = performance.now();
      const outcome = await executor.run(parameters as JsonObject, makeContext());
      expect(performance.now() - startedAt).toBeLessThan(3000);
      expect(['completed', 'failed', 'scheduled', 'awaiting_input']).toContain(outcome.status);
      if (outcome.status === 'failed') {
        expect(outcome.error.code).toMatch(/^[a-z][a-z_]+$/);
        expect(outcome.error.message.length).toBeGreaterThan(5);
        expect(outcome.error.message.length).toBeLessThan(4000);
      }
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
      if (!isJsonObject(parameters)) return;
      expect(() => executor.outputSchema(parameters)).not.toThrow();
      expect(() => executor.inputSchema?.(parameters)).not.toThrow();
      expect(() => executor.routes?.(parameters)).not.toThrow();
    },
  );

  test('a file that is not there is a failure that says so', async () => {
    const parameters = exampleParameters(executor);
    const takesFile = isJsonObject(executor.flowInputSchema?.['properties']) && 'file_key' in executor.flowInputSchema['properties'];
    if (typeof parameters['document_url'] !== 'string' && !takesFile) return;
    const outcome = await executor.run(
      { ...parameters, ...(executor.isInput ? {} : { document_url: `gs://${BUCKET}/none` }) },
      makeContext({ flowInput: { ...executor.example.input, file_key: 'none' } }),
    );
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'not_found', retryable: false } });
  });
});

describe('the catalogue', () => {
  test('is sorted, and knows nothing that is not its own', () => {
    const names = catalogue.list().map((executor) => executor.name);
    expect(names).toEqual([...names].sort());
    expect(new Set(names).size).toBe(names.length);
    expect(catalogue.get('webhook_receive')?.isInput).toBe(true); // the one begins a run, the other waits in its middle
    expect(catalogue.get('webhook_receiver')?.isInput).toBe(false);
    for (const name of ['constructor', '__proto__', 'toString', '', 'receive_File', 'nonexistent_executor'])
      expect(catalogue.get(name)).toBeUndefined();
  });

  test('an alias counts once its target is here', () => {
    expect(catalogue.get('notify_webhook')).toBe(catalogue.get('webhook_notification'));
  });
});
