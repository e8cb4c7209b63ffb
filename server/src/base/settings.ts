import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { parseDatabaseUrl } from './database-url.ts';
import {
  anyText,
  email,
  encryptionKey,
  fileLocation,
  integer,
  networks,
  oneOf,
  origins,
  password,
  url,
  yesOrNo,
} from './setting-parsers.ts';
import { TELEMETRY_SETTINGS } from './telemetry-settings.ts';

/** One setting of the installation: what an operator writes, and what it becomes. `flow doctor` and the reference are made of this list. */
export interface Setting {
  key: string;
  /** The environment variable. */
  name: string;
  /** The flag of `flow serve` and its siblings that stands for it, without dashes. A flag wins over the variable. */
  flag?: string;
  /** As the reference shows it; undefined: unset, which the description explains. */
  default?: string;
  description: string;
  /** Its value is never shown. */
  secret?: true;
  /** Throws an Error whose message completes "FLOW_X ". */
  parse(text: string): unknown;
}

/** In the order of the reference. */
export const SETTINGS: readonly Setting[] = [
  {
    key: 'host',
    name: 'FLOW_HOST',
    flag: 'host',
    default: '127.0.0.1',
    description: 'Address to listen on. 0.0.0.0 listens on all of the machine.',
    parse: anyText,
  },
  {
    key: 'port',
    name: 'FLOW_PORT',
    flag: 'port',
    default: '8080',
    description: 'TCP port to listen on; 0 takes a free one.',
    parse: integer(0, 65_535),
  },
  {
    key: 'dataDir',
    name: 'FLOW_DATA_DIR',
    flag: 'data',
    default: '.flow',
    description: 'Folder of the embedded database, of files and of the encryption key.',
    parse: (text) => resolve(text),
  },
  {
    key: 'workers',
    name: 'FLOW_WORKERS',
    flag: 'workers',
    default: String(availableParallelism()),
    description: 'Claim loops in this process, each of which runs many tasks at once. 0 serves the API only. Default: the number of cores.',
    parse: integer(0, 256),
  },
  {
    key: 'databaseUrl',
    name: 'DATABASE_URL',
    description:
      'PostgreSQL 15 or newer, signed in as an owner with CREATEROLE. Several servers of which one takes writes: postgres://user:password@a:5432,b:5432/name. Unset: the embedded PostgreSQL, in the data folder.',
    secret: true,
    parse: parseDatabaseUrl,
  },
  {
    key: 'databaseProfile',
    name: 'FLOW_DATABASE_PROFILE',
    default: 'postgres',
    description: 'The kind of server behind DATABASE_URL. postgres: one PostgreSQL, with standbys or without.',
    parse: oneOf('postgres'),
  },
  {
    key: 'databaseConnections',
    name: 'FLOW_DATABASE_CONNECTIONS',
    default: '10',
    description:
      'Connections to the database in each of the two pools of a process, one for requests and one for runs, at most; three more listen, renew the lease and migrate. What finds none free waits up to 10 s, then is answered 503.',
    parse: integer(2, 500),
  },
  {
    key: 'publicUrl',
    name: 'FLOW_PUBLIC_URL',
    description: 'The address under which clients reach this platform, used in every URL of an answer. Unset: the address listened on.',
    parse: url('http:', 'https:'),
  },
  {
    key: 'files',
    name: 'FLOW_FILES',
    default: 'file:<data folder>/files',
    description: 'Where files lie: file:<folder>, s3://<bucket>/<prefix> (?endpoint=, region=, path_style=true) or gs://<bucket>/<prefix>.',
    parse: fileLocation,
  },
  {
    key: 'backup',
    name: 'FLOW_BACKUP',
    description:
      'Folder that backups of the embedded database and of its files go to, all the time while `flow serve` or `flow worker` runs; best on another disk or machine. Unset: none.',
    parse: (text) => resolve(text),
  },
  {
    key: 'backupSeconds',
    name: 'FLOW_BACKUP_SECONDS',
    default: '30',
    description:
      'Seconds between two shipments to FLOW_BACKUP: what is lost at most with the machine, beside the time that a shipment takes.',
    parse: integer(1, 3600),
  },
  {
    key: 'backupKeep',
    name: 'FLOW_BACKUP_KEEP',
    flag: 'keep',
    default: '7',
    description: 'Whole copies (one a day) that FLOW_BACKUP keeps, with all that is needed for any time since the oldest.',
    parse: integer(1, 1000),
  },
  {
    key: 'encryptionKey',
    name: 'FLOW_ENCRYPTION_KEY',
    description:
      "32 bytes, base64 or hexadecimal. Seals secrets in the database and derives the roles' passwords: the only secret that machines share. Unset: made once, in the file encryption-key of the data folder.",
    secret: true,
    parse: encryptionKey,
  },
  {
    key: 'allowPrivateNetworks',
    name: 'FLOW_ALLOW_PRIVATE_NETWORKS',
    default: '',
    description: 'Networks (CIDR, separated by commas) that addresses given by users may lead to although they are private.',
    parse: networks,
  },
  {
    key: 'modelBaseUrl',
    name: 'FLOW_MODEL_BASE_URL',
    description: 'Base URL of an endpoint that speaks the OpenAI API. Unset: the local rules alone.',
    parse: url('http:', 'https:'),
  },
  { key: 'modelApiKey', name: 'FLOW_MODEL_API_KEY', description: 'Key for FLOW_MODEL_BASE_URL.', secret: true, parse: anyText },
  {
    key: 'modelDefault',
    name: 'FLOW_MODEL_DEFAULT',
    default: 'local',
    description: 'Model of a task that names none, or one that is not known here. local: rules that need no model.',
    parse: anyText,
  },
  {
    key: 'localModel',
    name: 'FLOW_LOCAL_MODEL',
    description: 'No effect yet: path of a GGUF file to run in this process, by the package node-llama-cpp.',
    parse: (text) => resolve(text),
  },
  {
    key: 'smtpUrl',
    name: 'FLOW_SMTP_URL',
    description: 'No effect yet: server for outgoing mail, smtp://user:password@host:587 or smtps://.',
    secret: true,
    parse: url('smtp:', 'smtps:'),
  },
  {
    key: 'signup',
    name: 'FLOW_SIGNUP',
    default: 'off',
    description: 'No effect yet: who may make an account. open: anyone; request: anyone, once an administrator agrees; off: nobody.',
    parse: oneOf('open', 'request', 'off'),
  },
  {
    key: 'creditsEnforced',
    name: 'FLOW_CREDITS_ENFORCED',
    default: 'false',
    description: 'No effect yet: true stops a run when its organization has no credits left.',
    parse: yesOrNo,
  },
  {
    key: 'hideAccounts',
    name: 'FLOW_HIDE_ACCOUNTS',
    default: 'false',
    description: 'No effect yet: true lets asking for a password reset answer the same whether the account exists or not.',
    parse: yesOrNo,
  },
  {
    key: 'uniqueFlowNames',
    name: 'FLOW_UNIQUE_FLOW_NAMES',
    default: 'true',
    description: 'false: flows of one organization may have the same name.',
    parse: yesOrNo,
  },
  {
    key: 'adminEmail',
    name: 'FLOW_ADMIN_EMAIL',
    description: 'Address of the first administrator, made at the first start. Unset: the first start prints a one-time set-up link.',
    parse: email,
  },
  {
    key: 'adminPassword',
    name: 'FLOW_ADMIN_PASSWORD',
    description: 'Password of the first administrator, 8 to 128 characters.',
    secret: true,
    parse: password,
  },
  {
    key: 'corsOrigins',
    name: 'FLOW_CORS_ORIGINS',
    default: '',
    description: 'Origins (separated by commas) whose pages may call the API from a browser; * for all.',
    parse: origins,
  },
  {
    key: 'rateLimitPerSecond',
    name: 'FLOW_RATE_LIMIT',
    default: '300',
    description: 'Requests a second and principal, above which the answer is 429.',
    parse: integer(1, 1_000_000),
  },
  {
    key: 'taskLogDays',
    name: 'FLOW_TASK_LOG_DAYS',
    default: '30',
    description:
      'Days after which what tasks logged is deleted. The runs themselves and their results stay, unless `settings.ttl` of their flow says for how long.',
    parse: integer(1, 36_500),
  },
  {
    key: 'logLevel',
    name: 'FLOW_LOG_LEVEL',
    default: 'info',
    description: 'The least that is logged: trace, debug, info, warn, error, fatal or silent.',
    parse: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
  },
  {
    key: 'server',
    name: 'FLOW_SERVER',
    flag: 'server',
    description: 'Address of a running platform for `flow run` and its siblings. Unset: one of its own, in the data folder.',
    parse: url('http:', 'https:'),
  },
  { key: 'apiKey', name: 'FLOW_API_KEY', flag: 'key', description: 'API key for FLOW_SERVER.', secret: true, parse: anyText },
  ...TELEMETRY_SETTINGS,
];
