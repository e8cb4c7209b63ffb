/** The guide on documents does what it says: each flow in it runs on the example invoice and answers the JSON that stands behind it. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '#documents';
import { reachEnd, startRun } from '../support/run-flow.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

const guide = readFileSync(new URL('../../../docs/guides/documents.md', import.meta.url), 'utf8');
const invoice = readFileSync(new URL('../../../examples/invoice/northwind-invoice.pdf', import.meta.url));

/** Each flow, and the next JSON behind it. */
const shown = [...guide.matchAll(/^```yaml\n([\s\S]*?)^```[\s\S]*?^```json\n([\s\S]*?)^```/gm)].map(([, flow = '', answer = '']) => ({
  name: /^name: (.*)$/m.exec(flow)?.[1] ?? '',
  flow,
  answer: JSON.parse(answer) as Record<string, unknown>,
}));

describe('the flows of the guide', () => {
  let platform: TestPlatform;
  let client: TestClient;
  beforeAll(async () => {
    platform = await startTestPlatform({ loops: 1 });
    client = await platform.as('service_account');
  });
  afterAll(() => platform.close());

  test('are there', () => {
    expect(shown.map(({ name }) => name)).toEqual(['Look at a document', 'Read the lines of an invoice', 'Compare two documents']);
  });

  test.each(shown)('$name', { timeout: 60_000 }, async ({ flow, answer }) => {
    const { body } = await client.post('/api/flows', flow, { 'Content-Type': 'application/yaml' });
    const place = (await client.post(`/api/flows/${body.id}/upload-url?content_type=application/pdf`)).body;
    await fetch(place.upload_url, { method: 'PUT', body: invoice, headers: { 'Content-Type': 'application/pdf' } });
    const { id } = await startRun(client, body.id, { file_key: place.file_key });
    expect((await reachEnd(client, id)).status).toBe('completed');
    const outputs = (await client.get(`/api/task-outputs?flow_execution_id=${id}`)).body as {
      task_name: string;
      output: Record<string, unknown>;
    }[];
    const last = /- name: (\w+)(?![\s\S]*- name: \w+\n {4}task_executor_name)/.exec(flow)?.[1];
    const output = outputs.find((each) => each.task_name === last)?.output ?? {};
    const { items, ...others } = answer;
    expect(output).toMatchObject(others);
    if (Array.isArray(items)) {
      expect(output['items']).toEqual(expect.arrayContaining(items));
      expect(output['items']).toHaveLength(33);
    }
  });
});

test('its limits are those of the code', () => {
  const { inputBytes, textPages, ocrPages, pagePixels, words, pageWords, textBytes, stepTimeoutMs, ocrPageTimeoutMs, documentTimeoutMs } =
    DEFAULT_LIMITS;
  const n = (value: number): string => value.toLocaleString('en-US');
  const rows = [
    `| size of a file | ${inputBytes / 1024 / 1024} MB |`,
    `| pages with text; pages that need OCR | ${n(textPages)}; ${ocrPages} |`,
    `| pixels of a picture or page | ${pagePixels / 1e6} million |`,
    `| words of a document; of a page | ${n(words)}; ${n(pageWords)} |`,
    `| memory to read text | ${textBytes / 1024 / 1024} MB and four times the file |`,
    `| a step of reading; OCR of a page; the whole document | ${stepTimeoutMs / 1000} s; ${ocrPageTimeoutMs / 1000} s; ${documentTimeoutMs / 60_000} min |`,
  ];
  for (const row of rows) expect(guide).toContain(row);
});
