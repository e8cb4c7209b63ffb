import { readFile, rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runFlow } from '../support/flow-program.ts';
import { writeFiles } from './files.ts';

let files: Awaited<ReturnType<typeof writeFiles>>;
beforeAll(async () => {
  files = await writeFiles();
});
afterAll(() => rm(files.folder, { recursive: true, force: true }));

test('a good definition is one line with its tasks in order, exit code 0, and needs no server', async () => {
  const [text, json] = await Promise.all([runFlow(['validate', files.greet]), runFlow(['validate', files.greet, '--json'])]);
  expect(text).toEqual({ code: 0, stdout: `✔ ${files.greet} is valid: 2 tasks, in this order: receive → greet\n`, stderr: '' });
  expect(JSON.parse(json.stdout)).toEqual({ valid: true, task_names: ['receive', 'greet'], faults: [] });
});

test('every fault has its line and column, the line, and a mark below the place; exit code 1', async () => {
  const [text, json] = await Promise.all([runFlow(['validate', files.wrong]), runFlow(['validate', files.wrong, '--json'])]);
  const lines = (await readFile(files.wrong, 'utf8')).split('\n');
  const { valid, faults } = JSON.parse(json.stdout);
  expect([text.code, json.code, valid, faults.length]).toEqual([1, 1, false, 3]);
  expect(faults.map(({ line }: { line: number }) => line).sort((a: number, b: number) => a - b)).toEqual([7, 12, 15]);
  for (const { line, column, message } of faults) {
    expect(text.stderr).toContain(`${files.wrong}:${line}:${column}: ${message}`);
    expect(text.stderr).toContain(`\n  ${line} | ${lines[line - 1]}\n  ${' '.repeat(String(line).length)} | ${' '.repeat(column - 1)}^\n`);
  }
  expect(text.stderr).toContain(`✖ 3 faults in ${files.wrong}\n`);
  expect(text.stdout).toBe('');
});

test('text that is neither YAML nor JSON shows where it breaks', async () => {
  const path = `${files.folder}/broken.yaml`;
  await writeFile(path, 'name: x\ntasks:\n  - name: [a\n');
  const { code, stderr } = await runFlow(['validate', path]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/broken\.yaml:\d+:\d+: /);
});

test.each([
  [['validate', 'nowhere.yaml'], '✖ There is no file nowhere.yaml\n'],
  [['validate', '/'], '✖ That is a folder, not a file\n'],
  [['validate'], '✖ Missing required positional argument: FILE; --help shows how it is used\n'],
  [['validate', 'a.yaml', 'b.yaml'], "✖ 'b.yaml' is a word too many; --help shows what goes where\n"],
  [['validate', 'a.yaml', '--jsn'], '✖ There is no option --jsn; --help lists them\n'],
  [['serve', '--port'], '✖ --port needs a value: Port to listen on (FLOW_PORT, 8080)\n'],
  [['serve', '--workers='], /^✖ --workers needs a value: .*\n$/],
  [['server'], '✖ Unknown command server; --help shows how it is used\n'],
  [['admin'], '✖ No command specified; --help shows how it is used\n'],
  [['admin', 'create-organization'], '✖ Missing required argument: --name; --help shows how it is used\n'],
])('flow %j is one sentence and exit code 1', async (args, sentence) => {
  expect(await runFlow(args)).toEqual({
    code: 1,
    stdout: '',
    stderr: typeof sentence === 'string' ? sentence : expect.stringMatching(sentence),
  });
});

test('help is for reading, with exit code 0', async () => {
  const [all, one, version] = await Promise.all([runFlow(['--help']), runFlow(['run', '--help']), runFlow(['--version'])]);
  expect([all.code, one.code, version.code]).toEqual([0, 0, 0]);
  for (const name of ['serve', 'worker', 'run', 'validate', 'demo', 'admin', 'migrate', 'doctor'])
    expect(all.stdout).toMatch(new RegExp(`^ +${name} `, 'm'));
  expect(one.stdout).toContain('--input');
  expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
