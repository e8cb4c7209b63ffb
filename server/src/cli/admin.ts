import { text as readAll } from 'node:stream/consumers';
import { defineCommand } from 'citty';
import { type Access, createAccess, ROLES, type Role } from '#access';
import { badRequest, createLog, parseId, readConfig } from '#base';
import { openDatabase } from '#platform';
import { limitCommand, pauseCommand, queuesCommand, resumeCommand } from './admin-queues.ts';
import { cancelCommand, rerunCommand } from './admin-runs.ts';
import { guarded } from './report-failure.ts';

const shared = {
  data: { type: 'string', description: 'Data folder (FLOW_DATA_DIR, .flow)' },
  json: { type: 'boolean', description: 'Print the object as JSON' },
} as const;

/** Opens the database, does one thing, prints what it made. */
async function perform<T extends { id: string }>(
  args: { data: string | undefined; json: boolean | undefined },
  work: (access: Access) => Promise<T>,
  describe: (made: T) => string,
): Promise<void> {
  const config = readConfig(process.env, { dataDir: args.data });
  const log = createLog({ level: 'warn' });
  const database = await openDatabase(config, log);
  try {
    const made = await work(await createAccess({ engineDb: database.engineDb, config, log }));
    process.stdout.write(args.json ? `${JSON.stringify(made)}\n` : `${describe(made)}\n`);
  } finally {
    await database.close();
  }
}

const organizationId = (value: string): string => {
  const id = parseId(value);
  if (!id) throw badRequest(`--organization must be the id of an organization (a UUID), not '${value}'`);
  return id;
};

const role = (value: string): Role => {
  const found = ROLES.find((r) => r === value);
  if (!found) throw badRequest(`--role must be one of ${ROLES.join(', ')}, not '${value}'`);
  return found;
};

const createOrganizationCommand = defineCommand({
  meta: { name: 'create-organization', description: 'Make an organization' },
  args: { ...shared, name: { type: 'string', description: 'Its name, unique on this installation', required: true } },
  run: guarded(({ args }) =>
    perform(
      args,
      (access) => access.createOrganization({ name: args.name }),
      (made) => `Organization ${args.name}: ${made.id}`,
    ),
  ),
});

const createUserCommand = defineCommand({
  meta: { name: 'create-user', description: 'Make a user of an organization' },
  args: {
    ...shared,
    organization: { type: 'string', description: 'Id of the organization', required: true },
    email: { type: 'string', description: 'Address, used to sign in', required: true },
    password: { type: 'string', description: 'Password, 8 to 128 characters; shows in the shell history: prefer --password-stdin' },
    'password-stdin': { type: 'boolean', description: 'Read the password from standard input' },
    role: { type: 'string', description: `One of ${ROLES.join(', ')}`, default: 'app_user' },
  },
  run: guarded(async ({ args }) => {
    const password = args['password-stdin'] ? (await readAll(process.stdin)).replace(/\r?\n$/, '') : args.password;
    if (!password) throw badRequest('Give --password, or --password-stdin and the password on standard input');
    const user = { organizationId: organizationId(args.organization), email: args.email, password, role: role(args.role) };
    await perform(
      args,
      (access) => access.createUser(user),
      (made) => `User ${args.email} (${args.role}): ${made.id}`,
    );
  }),
});

const createKeyCommand = defineCommand({
  meta: { name: 'create-key', description: 'Make a service account with an API key' },
  args: {
    ...shared,
    organization: { type: 'string', description: 'Id of the organization', required: true },
    name: { type: 'string', description: 'Name of the service account', required: true },
    role: { type: 'string', description: 'integration, or org_admin for a program that administers', default: 'integration' },
  },
  run: guarded(async ({ args }) => {
    const given = role(args.role);
    if (given !== 'integration' && given !== 'org_admin') throw badRequest('--role of a key is integration or org_admin');
    const account = { organizationId: organizationId(args.organization), name: args.name, role: given };
    await perform(
      args,
      async (access) => {
        const made = await access.createServiceAccount(account);
        return { id: made.id, api_key_id: made.apiKeyId, token: made.token, token_prefix: made.tokenPrefix };
      },
      (made) => `Service account ${args.name}: ${made.id}\nAPI key, shown this once: ${made.token}`,
    );
  }),
});

/** `flow admin ...`: organizations, users, keys and queues straight in the database, runs over the API; works beside a running `flow serve`. */
export const admin = defineCommand({
  meta: { name: 'admin', description: 'Make organizations, users and keys; see how all is; pause, limit and change what runs' },
  subCommands: {
    'create-organization': createOrganizationCommand,
    'create-user': createUserCommand,
    'create-key': createKeyCommand,
    queues: queuesCommand,
    pause: pauseCommand,
    resume: resumeCommand,
    limit: limitCommand,
    cancel: cancelCommand,
    rerun: rerunCommand,
    health: () => import('./health.ts').then((m) => m.health),
  },
});
