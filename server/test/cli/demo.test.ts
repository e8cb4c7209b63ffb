/** The demo, as somebody runs it who has just installed: from an empty folder, again, and cut short wherever it happens to be. */
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectNothingRuns, type Finished, runFlow, startFlow } from '../support/flow-program.ts';
import { createClient } from '../support/test-client.ts';

const TIMEOUT = { timeout: 120_000 };
const EXAMPLE = new URL('../../../examples/invoice/', import.meta.url);

let folder: string;
const demo = (...extra: string[]) => startFlow(['demo', '--port', '0', '--data', join(folder, 'data'), ...extra]);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flow-demo-'));
});
afterAll(async () => {
  await expectNothingRuns(folder);
  await rm(folder, { recursive: true, force: true });
});

/** The rows of a table below a document's name: field, and the rest of the line. */
function readTable(stdout: string, document: string): Map<string, string> {
  const [, table = ''] = stdout.split(`\n${document}\nField `);
  const rows = table.split('\n\n')[0]?.split('\n').slice(1) ?? [];
  return new Map(rows.map((row) => [row.split(' ')[0] ?? '', row]));
}

async function expectFields({ code, stdout, stderr }: Finished): Promise<void> {
  expect(code, stdout + stderr).toBe(0);
  const expected = JSON.parse(await readFile(new URL('expected.json', EXAMPLE), 'utf8')) as Record<string, Record<string, unknown>>;
  for (const [document, fields] of Object.entries(expected)) {
    const table = readTable(stdout, document);
    expect([...table.keys()]).toEqual(expect.arrayContaining(Object.keys(fields)));
    const right = Object.entries(fields).filter(([id, value]) =>
      table.get(id)?.includes(`${id.padEnd(11)}  ${String(value).slice(0, 48)}  `),
    );
    expect(right.length, stdout).toBeGreaterThanOrEqual(document.endsWith('.pdf') ? 10 : 9);
    for (const [id] of right) expect(table.get(id)).toMatch(/ \d+ % +\d {2}0\.\d{3}, 0\.\d{3}, 0\.\d{3}, 0\.\d{3}$/);
  }
}

test('an interrupt at any moment leaves no process, and says nothing of its own', TIMEOUT, async () => {
  const moments: [string | RegExp, string, number][] = [
    ['Flow Platform demo', 'before the database is there', 1],
    ['Ready after', 'when the platform is up', 1],
    ['✔ Published', 'while a document is read', 1],
    [/receive: completed/, 'in the middle of a run, by somebody who presses twice', 2],
  ];
  for (const [moment, when, presses] of moments) {
    const program = demo();
    await program.says(moment);
    for (let press = 0; press < presses; press++) program.interrupt('SIGINT');
    expect(await program.exit, `${when}: ${program.output.stdout}${program.output.stderr}`).toBe(130);
    expect(program.output.stderr, when).toBe('');
    await expectNothingRuns(folder, program);
  }
});

test('then it runs to its end: plain lines, a table for each invoice, where all of it is', TIMEOUT, async () => {
  const finished = await runFlow(['demo', '--port', '0', '--data', join(folder, 'data')]);
  await expectFields(finished);
  expect(finished.stdout).not.toContain('\u001B');
  expect(finished.stdout).toMatch(/✔ read: completed [\d.]+ m?s\n/);
  expect(finished.stdout).toMatch(
    /\n {2}API +http:\/\/127\.0\.0\.1:\d+\/api\n {2}Reference +http:.*\/docs.*\n {2}Data folder +\S+\/data\n/,
  );
  expect(finished.stderr).toBe('');
  expect((await stat(join(folder, 'data', 'demo.json'))).mode & 0o777).toBe(0o600);
});

test('--serve stays up with the same user, key and flow, until Ctrl-C', TIMEOUT, async () => {
  const program = demo('--serve');
  const stdout = await program.says('It stays up until Ctrl-C.');
  await expectFields({ code: 0, stdout, stderr: program.output.stderr });
  const { email, password, api_key } = JSON.parse(await readFile(join(folder, 'data', 'demo.json'), 'utf8'));
  const url = /API +(\S+)\/api/.exec(stdout)?.[1] ?? '';
  expect((await createClient(url, {}).post('/auth/v1/token?grant_type=password', { email, password })).status).toBe(200);
  const { body } = await createClient(url, { 'X-API-Key': api_key }).get('/api/flows');
  expect(body.flows).toMatchObject([{ display_name: 'Invoice to fields', version: 1, status: 'published' }]);
  program.interrupt('SIGINT');
  expect(await program.exit, program.output.stderr).toBe(0);
  await expectNothingRuns(folder, program);
});
