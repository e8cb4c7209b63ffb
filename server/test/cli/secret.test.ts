/** `flow secret`, against a data folder and against a server. No command and no message ever shows a value. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSecretReader } from '#access';
import { runFlow } from '../support/flow-program.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

const VALUE = 'zq-canary-value-7f3a';

let platform: TestPlatform;
let folder: string;
let remote: string[];

beforeAll(async () => {
  platform = await startTestPlatform();
  folder = await mkdtemp(join(tmpdir(), 'flow-secret-'));
  remote = ['--server', platform.url, '--key', (await platform.as('admin_service_account')).token];
});
afterAll(async () => {
  await platform.close();
  await rm(folder, { recursive: true, force: true });
});

const run = async (args: string[], stdin?: string) => {
  const finished = await runFlow(['secret', ...args, ...remote], stdin === undefined ? {} : { stdin });
  expect(finished.stdout + finished.stderr).not.toContain(VALUE);
  return finished;
};
const stored = () =>
  createSecretReader({ engineDb: platform.engineDb, encryptionKey: platform.config.encryptionKey }).open(platform.a.id, ['TOKEN', 'PEM']);

test('a value comes from standard input or from a file, never from the command line', { timeout: 60_000 }, async () => {
  expect((await run(['set', 'TOKEN', '--value-stdin'], `${VALUE}\n`)).stdout).toBe('Secret TOKEN made\n');
  const file = join(folder, 'key.pem');
  await writeFile(file, 'line one\nline two\n');
  expect((await run(['set', 'PEM', '--from-file', file])).stdout).toBe('Secret PEM made\n');
  expect(await stored()).toEqual({ TOKEN: VALUE, PEM: 'line one\nline two' });
  expect((await run(['set', 'TOKEN', '--from-file', file])).stdout).toBe('Secret TOKEN changed\n');
  const listed = JSON.parse((await run(['list', '--json'])).stdout);
  expect(listed.map((secret: { name: string }) => secret.name)).toEqual(['PEM', 'TOKEN']);
  expect((await run(['delete', 'PEM'])).stdout).toBe('Secret PEM deleted\n');
  expect((await run(['list'])).stdout).toMatch(/^Name +Changed +By\nTOKEN +20\S+Z +integration\n$/);
});

test('what is wrong is one sentence', { timeout: 60_000 }, async () => {
  const neither = await run(['set', 'TOKEN']);
  expect([neither.code, neither.stderr]).toEqual([1, '✖ Give the value by --value-stdin, on standard input, or by --from-file PATH\n']);
  const given = await runFlow(['secret', 'set', 'TOKEN', '--value', 'x', ...remote]);
  expect([given.code, given.stderr]).toEqual([1, '✖ There is no option --value; --help lists them\n']);
  expect((await run(['delete', 'NONE'])).stderr).toMatch(/^✖ Secret .*not found.*\n$/i);
});
