import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeSdkTypes, type SdkDocument } from '../../../tools/sdk-types.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const run = promisify(execFile);

let platform: TestPlatform;
let folder: string;
beforeAll(async () => {
  platform = await startTestPlatform({ loops: 1 });
  folder = await mkdtemp(join(tmpdir(), 'flow-sdk-'));
});
afterAll(async () => {
  await platform.close();
  await rm(folder, { recursive: true, force: true });
});

test('sdk/src/api.ts is made from docs/reference/openapi.json (npm run sdk:types)', async () => {
  const document = JSON.parse(await readFile(join(ROOT, 'docs/reference/openapi.json'), 'utf8')) as SdkDocument;
  expect(await readFile(join(ROOT, 'sdk/src/api.ts'), 'utf8')).toBe(makeSdkTypes(document));
});

test("the published form builds, and the README's program runs on it without this repository", async () => {
  const modules = join(folder, 'node_modules');
  await run(process.execPath, [join(ROOT, 'tools/build-sdk.ts'), join(modules, '@flow-platform/sdk')]);
  await mkdir(modules, { recursive: true });
  await symlink(join(ROOT, 'node_modules/openapi-fetch'), join(modules, 'openapi-fetch'));
  const readme = await readFile(join(modules, '@flow-platform/sdk/README.md'), 'utf8');
  const program = /```ts\n([\s\S]+?)```/.exec(readme)?.[1] ?? '';
  const { token } = await platform.as('integration');
  await writeFile(join(folder, 'program.mts'), program.replace('http://127.0.0.1:8080', platform.url));
  const { stdout } = await run(process.execPath, ['program.mts'], { cwd: folder, env: { ...process.env, FLOW_API_KEY: token } });
  expect(stdout).toMatch(/^completed \{ text: 'Hello, Ada!' \}$/m);
  expect(stdout).toMatch(/'Greeting'/);
});
