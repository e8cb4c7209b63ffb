import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readEncryptionKey } from './encryption-key.ts';
import { FlowError } from './errors.ts';
import { SETTINGS, type Setting } from './settings.ts';

/** The installation's settings, read once and passed down. What each means: settings.ts, or docs/reference/configuration.md. */
export interface Config {
  readonly host: string;
  readonly port: number;
  /** Absolute. */
  readonly dataDir: string;
  readonly workers: number;
  readonly databaseUrl?: string;
  readonly databaseProfile: 'postgres';
  /** In each of the two pools. */
  readonly databaseConnections: number;
  /** Without a slash at the end. */
  readonly publicUrl?: string;
  /** A URL: file:, s3: or gs:. */
  readonly files: string;
  /** A folder. */
  readonly backup?: string;
  readonly backupSeconds: number;
  readonly backupKeep: number;
  /** 32 bytes. */
  readonly encryptionKey: Buffer;
  readonly allowPrivateNetworks: readonly string[];
  readonly modelBaseUrl?: string;
  readonly modelApiKey?: string;
  readonly modelDefault: string;
  readonly localModel?: string;
  readonly smtpUrl?: string;
  readonly signup: 'open' | 'request' | 'off';
  readonly creditsEnforced: boolean;
  readonly hideAccounts: boolean;
  readonly uniqueFlowNames: boolean;
  readonly adminEmail?: string;
  readonly adminPassword?: string;
  readonly corsOrigins: readonly string[];
  readonly rateLimitPerSecond: number;
  readonly taskLogDays: number;
  readonly logLevel: string;
  readonly metricsPort?: number;
  readonly metricsHost: string;
  readonly otlpEndpoint?: string;
  readonly otlpTracesEndpoint?: string;
  readonly otlpHeaders?: Readonly<Record<string, string>>;
  readonly serviceName: string;
  readonly server?: string;
  readonly apiKey?: string;
}

/** Flags of the command line, by the key of the setting that each stands for. */
export type ConfigFlags = { [K in keyof Config]?: string | undefined };

export interface ListedSetting {
  name: string;
  /** As text; a secret is only said to be set. */
  value: string;
  source: 'flag' | 'environment' | 'default';
  description: string;
}

const sources = new WeakMap<Config, Map<string, ListedSetting['source']>>();

/**
 * Reads flags, then the environment, then defaults; an empty text counts as unset. Makes the data folder's encryption key where none is given.
 * Throws `bad_request` with every fault at once, and with `makesKey: false` where there is no key. The result is frozen.
 */
export function readConfig(env: NodeJS.ProcessEnv, flags: ConfigFlags = {}, options: { makesKey?: boolean } = {}): Config {
  const values: Record<string, unknown> = {};
  const faults: string[] = [];
  const from = new Map<string, ListedSetting['source']>();
  for (const setting of SETTINGS) {
    const { text, source, label } = findText(setting, env, flags);
    from.set(setting.key, source);
    if (text === undefined) continue;
    try {
      values[setting.key] = setting.parse(text);
    } catch (error) {
      faults.push(`${label} ${error instanceof Error ? error.message : error}`);
    }
  }
  faults.push(...checkTogether(values));
  if (faults.length > 0) throw new FlowError('bad_request', `The configuration is wrong:\n  ${faults.join('\n  ')}`, { details: faults });
  values.files ??= pathToFileURL(join(String(values.dataDir), 'files')).href;
  values.encryptionKey ??= readEncryptionKey(String(values.dataDir), options.makesKey);
  const config = Object.freeze(values) as unknown as Config;
  sources.set(config, from);
  return config;
}

function findText(setting: Setting, env: NodeJS.ProcessEnv, flags: ConfigFlags) {
  const flag = flags[setting.key as keyof Config];
  if (flag) return { text: flag, source: 'flag' as const, label: `--${setting.flag ?? setting.key}` };
  const text = env[setting.name];
  if (text) return { text, source: 'environment' as const, label: setting.name };
  const isPlace = setting.key === 'files'; // its default depends on the data folder
  return { text: isPlace ? undefined : setting.default, source: 'default' as const, label: setting.name };
}

function checkTogether(values: Record<string, unknown>): string[] {
  const faults: string[] = [];
  if ((values.adminEmail === undefined) !== (values.adminPassword === undefined)) {
    faults.push('FLOW_ADMIN_EMAIL and FLOW_ADMIN_PASSWORD must be given together');
  }
  if (values.modelDefault !== undefined && values.modelDefault !== 'local' && !values.modelBaseUrl) {
    faults.push('FLOW_MODEL_DEFAULT names a model, but FLOW_MODEL_BASE_URL does not say where it runs');
  }
  return faults;
}

/** Every setting with its value and where it came from, for `flow doctor`. */
export function listSettings(config: Config): ListedSetting[] {
  return SETTINGS.map((setting) => ({
    name: setting.name,
    value: show(setting, config[setting.key as keyof Config]),
    source: sources.get(config)?.get(setting.key) ?? 'default',
    description: setting.description,
  }));
}

function show(setting: Setting, value: unknown): string {
  if (value === undefined) return '';
  return setting.secret ? '(set)' : String(value);
}

/** Variables that look like settings and are none: most often a slip of the pen. */
export function findUnknownVariables(env: NodeJS.ProcessEnv): string[] {
  const known = new Set(SETTINGS.map((setting) => setting.name));
  return Object.keys(env).filter((name) => name.startsWith('FLOW_') && !known.has(name));
}

/** What a child process of ours needs of the environment, and what lets it start faster: no setting, and so no secret, goes with it. */
export function childEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, LANG, TZ, TMPDIR, SystemRoot, TEMP, TMP, NODE_COMPILE_CACHE } = process.env;
  return { PATH, HOME, LANG, TZ, TMPDIR, SystemRoot, TEMP, TMP, NODE_COMPILE_CACHE };
}
