import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { findUnknownVariables, listSettings, readConfig } from './config.ts';
import { SETTINGS } from './settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'flow-config-'));
afterAll(() => rmSync(folder, { recursive: true }));
const KEY = Buffer.alloc(32, 7);
const base = { FLOW_DATA_DIR: folder, FLOW_ENCRYPTION_KEY: KEY.toString('base64') };

function faultsOf(env: Record<string, string>): unknown {
  try {
    readConfig({ ...base, ...env });
    return [];
  } catch (error) {
    return (error as { details: unknown }).details;
  }
}

describe('readConfig', () => {
  test('needs nothing', () => {
    const config = readConfig(base);
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      dataDir: folder,
      databaseProfile: 'postgres',
      databaseConnections: 10,
      signup: 'off',
      modelDefault: 'local',
    });
    expect(config).toMatchObject({
      creditsEnforced: false,
      hideAccounts: false,
      uniqueFlowNames: true,
      corsOrigins: [],
      rateLimitPerSecond: 300,
      taskLogDays: 30,
    });
    expect(config.workers).toBeGreaterThan(0);
    expect(config.files).toBe(`file://${folder}/files`);
    expect(config.databaseUrl).toBeUndefined();
    expect(Object.isFrozen(config)).toBe(true);
  });

  test('takes a flag before a variable, a variable before the default, and an empty text for none', () => {
    const config = readConfig({ ...base, FLOW_PORT: '1', FLOW_HOST: '::1', FLOW_WORKERS: '' }, { port: '2', host: undefined });
    expect(config).toMatchObject({ port: 2, host: '::1' });
    expect(config.workers).toBe(readConfig(base).workers);
    const sources = new Map(listSettings(config).map((setting) => [setting.name, setting.source]));
    expect([sources.get('FLOW_PORT'), sources.get('FLOW_HOST'), sources.get('FLOW_WORKERS')]).toEqual(['flag', 'environment', 'default']);
  });

  test.each([
    ['FLOW_PORT', '65536'],
    ['FLOW_PORT', '80.5'],
    ['FLOW_PORT', 'tcp://10.0.0.1:80'],
    ['FLOW_WORKERS', '-1'],
    ['DATABASE_URL', 'mysql://localhost/x'],
    ['DATABASE_URL', 'localhost'],
    ['FLOW_PUBLIC_URL', 'flow.example.org'],
    ['FLOW_FILES', '/var/files'],
    ['FLOW_ENCRYPTION_KEY', 'short'],
    ['FLOW_ALLOW_PRIVATE_NETWORKS', '10.0.0.0/8,10.0.0.1'],
    ['FLOW_SIGNUP', 'yes'],
    ['FLOW_CREDITS_ENFORCED', 'maybe'],
    ['FLOW_CORS_ORIGINS', 'https://example.org/path'],
    ['FLOW_RATE_LIMIT', '0'],
    ['FLOW_TASK_LOG_DAYS', '0'],
    ['FLOW_DATABASE_PROFILE', 'oracle'],
    ['FLOW_SMTP_URL', 'http://mail'],
    ['FLOW_MODEL_DEFAULT', 'gpt-9'],
    ['FLOW_ADMIN_EMAIL', 'admin@example.org'],
  ])('refuses %s=%s and says so by name', (name, text) => {
    expect(faultsOf({ [name]: text })).toEqual([expect.stringContaining(name)]);
  });

  test('says everything that is wrong at once, and no secret', () => {
    const faults = faultsOf({ FLOW_PORT: 'x', FLOW_SIGNUP: 'x', DATABASE_URL: 'mysql://u:hunter2@h/x', FLOW_ENCRYPTION_KEY: 'hunter2' });
    expect(faults).toHaveLength(4);
    expect(JSON.stringify(faults)).not.toContain('hunter2');
  });

  test('reads lists, URLs, keys in both forms, and relative places', () => {
    const config = readConfig({
      ...base,
      FLOW_ENCRYPTION_KEY: KEY.toString('hex'),
      FLOW_ALLOW_PRIVATE_NETWORKS: '10.0.0.0/8, fd00::/8',
      FLOW_CORS_ORIGINS: 'https://a.example,http://localhost:3000',
      FLOW_PUBLIC_URL: 'https://flow.example.org/',
      FLOW_FILES: 'file:some/where?bucket=b',
      FLOW_HIDE_ACCOUNTS: '1',
    });
    expect(config.encryptionKey).toEqual(KEY);
    expect(config.allowPrivateNetworks).toEqual(['10.0.0.0/8', 'fd00::/8']);
    expect(config.corsOrigins).toEqual(['https://a.example', 'http://localhost:3000']);
    expect(config.publicUrl).toBe('https://flow.example.org');
    expect(config.files).toBe(`file://${process.cwd()}/some/where?bucket=b`);
    expect(config.hideAccounts).toBe(true);
  });
});

describe('the encryption key of the data folder', () => {
  const fresh = () => mkdtempSync(join(folder, 'data-'));

  test('is made once, for its owner alone', () => {
    const dataDir = fresh();
    const first = readConfig({ FLOW_DATA_DIR: dataDir });
    expect(first.encryptionKey).toHaveLength(32);
    expect(statSync(join(dataDir, 'encryption-key')).mode & 0o777).toBe(0o600);
    expect(readConfig({ FLOW_DATA_DIR: dataDir }).encryptionKey).toEqual(first.encryptionKey);
    expect(readdirSync(dataDir)).toEqual(['encryption-key']);
  });

  test('is the same for processes that make it at once', async () => {
    const dataDir = fresh();
    const module = fileURLToPath(new URL('./encryption-key.ts', import.meta.url));
    const program = `import { readEncryptionKey } from ${JSON.stringify(module)}; console.log(readEncryptionKey(${JSON.stringify(dataDir)}).toString('hex'))`;
    const keys = await Promise.all(Array.from({ length: 4 }, () => outputOf(program)));
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toHaveLength(64);
  });

  test('is not replaced when it is damaged', () => {
    const dataDir = fresh();
    writeFileSync(join(dataDir, 'encryption-key'), 'oops');
    expect(() => readConfig({ FLOW_DATA_DIR: dataDir })).toThrow(/encryption-key does not hold/);
    expect(readFileSync(join(dataDir, 'encryption-key'), 'utf8')).toBe('oops');
  });
});

async function outputOf(program: string): Promise<string> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  for await (const chunk of child.stdout) text += chunk;
  return text.trim();
}

test('every setting has a name of its own and a sentence, and no secret is listed', () => {
  expect(new Set(SETTINGS.map((setting) => setting.name)).size).toBe(SETTINGS.length);
  for (const setting of SETTINGS) expect(setting.description, setting.name).toMatch(/^[0-9A-Za-z].*\.$/);
  const listed = listSettings(readConfig({ ...base, DATABASE_URL: 'postgres://u:hunter2@h/x', FLOW_SMTP_URL: 'smtp://u:hunter2@h' }));
  expect(JSON.stringify(listed)).not.toContain('hunter2');
  expect(listed.map((setting) => setting.name)).toEqual(SETTINGS.map((setting) => setting.name));
});

test('a variable that is no setting is found', () => {
  expect(findUnknownVariables({ ...base, FLOW_PROT: '1', OTHER: '1' })).toEqual(['FLOW_PROT']);
});
