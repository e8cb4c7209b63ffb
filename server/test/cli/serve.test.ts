/** One installation, as an operator and a user have it: a server without workers, a worker beside it, and commands against both. */
import { createHash } from 'node:crypto';
import { readFile, rm, stat } from 'node:fs/promises';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { roleUrl } from '#db';
import { expectNothingRuns, type FlowProcess, freePort, runFlow, startFlow, startServe } from '../support/flow-program.ts';
import { createClient, type TestClient } from '../support/test-client.ts';
import { writeFiles } from './files.ts';

let files: Awaited<ReturnType<typeof writeFiles>>;
let server: Awaited<ReturnType<typeof startServe>>;
let worker: FlowProcess;
const at = () => ['--data', files.dataDir];
const run = (args: string[], stdin?: string) => runFlow([...args, ...at()], stdin === undefined ? {} : { stdin });
const json = (finished: { code: unknown; stdout: string; stderr: string }) => {
  expect(finished.code, finished.stderr).toBe(0);
  return JSON.parse(finished.stdout);
};

beforeAll(async () => {
  files = await writeFiles();
  server = await startServe(['--workers', '0', ...at()]);
});
afterAll(async () => {
  for (const program of [worker, server]) program?.interrupt('SIGKILL');
  await expectNothingRuns(files.dataDir, ...[worker, server].filter(Boolean));
  await rm(files.folder, { recursive: true, force: true });
});

describe('flow serve', () => {
  test('says in one line of JSON where it listens and where to set it up, and is healthy', async () => {
    expect(server.output.stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(server.ready).toMatchObject({ event: 'ready', url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) });
    expect(server.ready.setup_url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/setup#token=\S{20,}$/);
    const anyone = createClient(server.url, {});
    expect((await anyone.get('/health/live')).body).toEqual({ status: 'ok' });
    expect((await anyone.get('/health/ready')).body).toEqual({ status: 'ok' });
  });

  test('the set-up page is a form with nothing of other servers, and says so in its policy', async () => {
    const page = await createClient(server.url, {}).get<string>('/setup');
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'sha256-[^ ]+'; style-src 'sha256-/);
    expect(page.body).toContain('<label>Email<input name="email" type="email" required');
    expect(page.body).not.toMatch(/(src|href)=/);
    const inline = [...page.body.matchAll(/<(style|script)>([\s\S]*?)<\/\1>/g)].map(([, , text = '']) => text);
    expect(inline).toHaveLength(2);
    const hashOf = (text: string) => createHash('sha256').update(text).digest('base64');
    for (const text of inline) expect(page.headers.get('content-security-policy')).toContain(hashOf(text));
  });

  test('keeps its secrets to the user who started it', async () => {
    for (const file of ['encryption-key', 'postgres.json']) expect((await stat(`${files.dataDir}/${file}`)).mode & 0o077).toBe(0);
  });
});

describe('flow admin, beside a running server', () => {
  const made: Record<string, string> = {};
  let admin: TestClient;

  test('create-organization prints the object with its id, or a sentence', async () => {
    made['organization'] = json(await run(['admin', 'create-organization', '--name', 'Ardent', '--json'])).id;
    expect(made['organization']).toMatch(/^[0-9a-f-]{36}$/);
    const again = await run(['admin', 'create-organization', '--name', 'Ardent']);
    expect([again.code, again.stdout]).toEqual([1, '']);
    expect(again.stderr).toBe("✖ An organization named 'Ardent' exists already\n");
    const text = await run(['admin', 'create-organization', '--name', 'Borealis']);
    expect(text.stdout).toMatch(/^Organization Borealis: [0-9a-f-]{36}\n$/);
  });

  test('create-user with the password from standard input makes somebody who can sign in', async () => {
    const user = ['--organization', made['organization'] ?? '', '--email', 'ada@ardent.example', '--role', 'org_admin'];
    const answer = json(await run(['admin', 'create-user', ...user, '--password-stdin', '--json'], 'correct horse battery\n'));
    const anyone = createClient(server.url, {});
    const login = { email: 'ada@ardent.example', password: 'correct horse battery' };
    const session = await anyone.post('/auth/v1/token?grant_type=password', login);
    expect([session.status, session.body.user.id]).toEqual([200, answer.id]);
    admin = createClient(server.url, { Authorization: `Bearer ${session.body.access_token}` });
    expect((await admin.get('/api/profile/me')).body).toMatchObject({ role: 'org_admin', organization_name: 'Ardent' });
  });

  test('create-user says in words what is missing or wrong', async () => {
    const user = ['admin', 'create-user', '--organization', made['organization'] ?? '', '--email', 'bob@ardent.example'];
    const none = await run(user);
    expect([none.code, none.stderr]).toEqual([1, '✖ Give --password, or --password-stdin and the password on standard input\n']);
    const role = await run([...user, '--password', 'correct horse battery', '--role', 'king']);
    expect(role.stderr).toMatch(/^✖ --role must be one of org_admin, .*, not 'king'\n$/);
  });

  test('create-key prints a key that opens the API', async () => {
    const key = ['admin', 'create-key', '--organization', made['organization'] ?? '', '--name'];
    const answer = json(await run([...key, 'CI', '--json']));
    made['key'] = answer.token;
    expect((await createClient(server.url, { 'X-API-Key': answer.token }).get('/api/flows')).status).toBe(200);
    const text = await run([...key, 'Shown as text']);
    expect(text.stdout).toMatch(/^Service account Shown as text: [0-9a-f-]{36}\nAPI key, shown this once: saf_\S+\n$/);
  });

  test('a server without workers keeps what is started until a worker comes', async () => {
    const remote = ['--server', server.url, '--key', made['key'] ?? '', '--json'];
    const running = startFlow(['run', files.greet, '--file', files.note, '--input', 'name=Ada', '--input', 'count=2', ...remote]);
    const client = createClient(server.url, { 'X-API-Key': made['key'] ?? '' });
    const flowId = async () => (await client.get('/api/flows')).body.flows?.[0]?.id;
    await expect.poll(flowId, { timeout: 50_000 }).toBeDefined();
    const runs = async () => (await client.get(`/api/flow-executions?flow_id=${await flowId()}`)).headers.get('x-total-count');
    await expect.poll(runs, { timeout: 50_000 }).toBe('1');
    worker = startFlow(['worker', '--workers', '1', ...at()]);
    expect(JSON.parse(await worker.says('\n'))).toMatchObject({ event: 'ready', loops: 1 });
    expect(await running.exit, running.output.stderr).toBe(0);
    expect(JSON.parse(running.output.stdout)).toMatchObject({
      status: 'completed',
      flow_version: 1,
      tasks: [{ name: 'receive' }, { name: 'greet', output: { text: 'Ada has 3 of note.txt' } }],
    });
  });

  test('flow run on a server: settings instead of flags, and a key that does not open', async () => {
    const env = { FLOW_SERVER: `${server.url}/`, FLOW_API_KEY: made['key'] ?? '' };
    const args = ['run', files.greet, '--file', files.note, '--input', 'name=Bo', '--input', 'count=0'];
    const finished = await runFlow(args, { env });
    expect(finished.code, finished.stderr).toBe(0);
    expect(finished.stdout).toContain('Bo has 1 of note.txt');
    const fork = await runFlow(['run', files.fork, '--file', files.note], { env });
    expect(fork.stdout).toMatch(/\ntaken\n\{\n {2}"text": "note.txt is small"\n\}\n$/); // of the way that the run took, not of what it passed by
    const wrong = await runFlow(args, { env: { ...env, FLOW_API_KEY: 'saf_wrong' } });
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toMatch(/^✖ .*\n$/);
    expect(wrong.stderr).not.toContain('saf_wrong');
    const none = await runFlow(args, { env: { FLOW_SERVER: `http://127.0.0.1:${await freePort()}`, FLOW_API_KEY: 'saf_x' } });
    expect([none.code, none.stderr]).toEqual([1, expect.stringMatching(/^✖ The server cannot be reached: .*ECONNREFUSED.*\n$/)]);
  });
});

describe('flow run in the data folder, beside a running server', () => {
  test('two at once: each shows its tasks, and prints the last output', async () => {
    const args = ['run', files.greet, '--file', files.note, '--input', 'count=1', '--input'];
    const both = await Promise.all([run([...args, 'name=Eve']), run([...args, 'name="Zoë"'])]);
    for (const finished of both) expect(finished.code, finished.stderr).toBe(0);
    expect(both[0].stdout).toMatch(/greet: completed \d+/);
    expect(both[0].stdout).toContain('"text": "Eve has 2 of note.txt"');
    expect(both[1].stdout).toContain('"text": "Zoë has 2 of note.txt"');
  });

  test('a run that fails says which task and why, with exit code 1', async () => {
    const failed = await run(['run', files.read, '--file', files.broken, '--json']);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(/^Task read failed: .+ \(unreadable_document\)\n$/);
    const state = JSON.parse(failed.stdout);
    expect(state).toMatchObject({
      status: 'failed',
      tasks: [
        { name: 'receive', status: 'completed' },
        { name: 'read', status: 'failed' },
      ],
    });
    expect(state.tasks[1].error).toMatchObject({ code: 'unreadable_document', message: expect.any(String) });
  });

  test('an input that does not fit is the server’s message with its places', async () => {
    const refused = await run(['run', files.greet]);
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toContain('file_key');
    const odd = await run(['run', files.greet, '--file', files.note, '--input', 'name']);
    expect(odd.stderr).toBe("✖ --input takes key=value, not 'name'\n");
  });

  test('a definition with faults never reaches the server', async () => {
    const refused = await run(['run', files.wrong, '--file', files.note]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`${files.wrong}:7:`);
  });
});

describe('migrate and doctor, beside a running server', () => {
  test('flow migrate can be repeated', async () => {
    expect(await run(['migrate'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^The database is up to date \(PostgreSQL 1\d/),
    });
  });

  test('flow doctor shows what it found and every setting, never a secret', async () => {
    const key = Buffer.alloc(32, 1).toString('hex');
    const asJson = await runFlow(['doctor', '--json', ...at()], { env: { FLOW_MODEL_API_KEY: 'sk-secret', FLOW_PORT: '0' } });
    const { ok, findings, settings } = JSON.parse(asJson.stdout);
    expect([asJson.code, ok]).toEqual([0, true]);
    expect(findings.map(({ what }: { what: string }) => what)).toEqual([
      'Node.js',
      'Memory',
      'Data folder',
      'Embedded database',
      'PostgreSQL release',
      'Durability',
      'Autovacuum',
      'Connections',
      'Clock',
      'Database login',
      'Workers',
      'File store',
      'Port',
      'Network',
      'Encryption key',
      'Environment',
    ]);
    const setting = (name: string) => settings.find((s: { name: string }) => s.name === name);
    expect(setting('FLOW_PORT')).toMatchObject({ value: '0', source: 'environment' });
    expect(setting('FLOW_DATA_DIR')).toMatchObject({ value: files.dataDir, source: 'flag' });
    expect(setting('FLOW_MODEL_API_KEY')).toMatchObject({ value: '(set)' });
    expect(asJson.stdout).not.toContain('sk-secret');
    const text = await runFlow(['doctor', ...at()], { env: { FLOW_PROT: '1', FLOW_PORT: '0', FLOW_ENCRYPTION_KEY: key } });
    expect(text.code).toBe(1);
    expect(text.stdout).toContain('✖ Environment: no setting has this name: FLOW_PROT');
    expect(text.stdout).toMatch(/✖ Embedded database: FLOW_ENCRYPTION_KEY does not open/);
    expect(text.stdout).toMatch(/^FLOW_HOST +127\.0\.0\.1 +default/m);
    expect(text.stdout).not.toContain(key);
  });
});

test('a wrong key is refused before it locks out the server that runs with the right one', async () => {
  const { port } = JSON.parse(await readFile(`${files.dataDir}/postgres.json`, 'utf8'));
  const right = Buffer.from(await readFile(`${files.dataDir}/encryption-key`, 'utf8'), 'base64');
  const wrong = await runFlow(['migrate', ...at()], { env: { FLOW_ENCRYPTION_KEY: Buffer.alloc(32, 2).toString('hex') } });
  expect([wrong.code, wrong.stderr]).toEqual([
    1,
    expect.stringMatching(/^✖ FLOW_ENCRYPTION_KEY does not open the keys of this database\. .*\n$/),
  ]);
  const client = new Client({ connectionString: roleUrl(`postgres://127.0.0.1:${port}/flow`, 'flow_engine', right) });
  await client.connect();
  await client.end();
});

describe('the end', () => {
  test('SIGTERM drains the server in order while a worker and its database stay', async () => {
    const client = createClient(server.url, {});
    server.child.kill('SIGTERM');
    expect(await server.exit, server.output.stderr).toBe(0);
    await expect(client.get('/health/live')).rejects.toThrow();
    expect(worker.child.exitCode).toBe(null);
  });

  test('Ctrl-C ends the worker, and then nothing of the folder runs', async () => {
    worker.interrupt('SIGINT');
    expect(await worker.exit, worker.output.stderr).toBe(0);
    await expectNothingRuns(files.dataDir, worker, server);
  });
});
