import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import { dataOf, type FlowClient } from '@flow-platform/sdk';
import { defineCommand } from 'citty';
import { badRequest, readConfig } from '#base';
import { openSession } from './local-session.ts';
import { printTable } from './print-table.ts';
import { guarded } from './report-failure.ts';
import { stopSignal } from './stop-signal.ts';

const shared = {
  server: { type: 'string', description: 'URL of a server (FLOW_SERVER); default: the data folder' },
  key: { type: 'string', description: 'API key of an administering service account (FLOW_API_KEY)' },
  data: { type: 'string', description: 'Data folder (FLOW_DATA_DIR, .flow)' },
} as const;
const name = { type: 'positional', description: 'Flows refer to it as {{secrets.NAME}}', required: true } as const;

async function perform(
  args: { server: string | undefined; key: string | undefined; data: string | undefined },
  work: (client: FlowClient) => Promise<void>,
): Promise<void> {
  const config = readConfig(process.env, { dataDir: args.data, server: args.server, apiKey: args.key });
  const session = await openSession(config, stopSignal(), { administers: true });
  try {
    await work(session.client);
  } finally {
    await session.close();
  }
}

const inPath = (name: string) => ({ path: { name } });

/** No option takes the value itself: it would stand in the shell's history and in the list of processes. */
async function readValue(args: { 'value-stdin'?: boolean | undefined; 'from-file'?: string | undefined }): Promise<string> {
  const file = args['from-file'];
  if ((file === undefined) === !args['value-stdin'])
    throw badRequest('Give the value by --value-stdin, on standard input, or by --from-file PATH');
  const value = file === undefined ? await readAll(process.stdin) : await readFile(file, 'utf8');
  return value.replace(/\r?\n$/, ''); // what an editor and echo add
}

const set = defineCommand({
  meta: { name: 'set', description: 'Set a secret, new or not' },
  args: {
    ...shared,
    name,
    'value-stdin': { type: 'boolean', description: 'Read the value from standard input; one line break at its end is not part of it' },
    'from-file': { type: 'string', description: 'Read the value from this file, in the same way' },
  },
  run: guarded(async ({ args }) => {
    const value = await readValue(args);
    await perform(args, async (client) => {
      const made = await dataOf(client.api.PUT('/api/secrets/{name}', { params: inPath(args.name), body: { value } }));
      process.stdout.write(`Secret ${made.name} ${made.created_at === made.updated_at ? 'made' : 'changed'}\n`);
    });
  }),
});

const list = defineCommand({
  meta: { name: 'list', description: 'List the names of the secrets' },
  args: { ...shared, json: { type: 'boolean', description: 'Print the list as JSON' } },
  run: guarded(async ({ args }) => {
    await perform(args, async (client) => {
      const secrets = await dataOf(client.api.GET('/api/secrets', { params: { query: { limit: 1000 } } }));
      if (args.json) process.stdout.write(`${JSON.stringify(secrets, null, 2)}\n`);
      else
        printTable(
          ['Name', 'Changed', 'By'],
          secrets.map((secret) => [secret.name, secret.updated_at, secret.modified_by]),
        );
    });
  }),
});

const remove = defineCommand({
  meta: { name: 'delete', description: 'Delete a secret' },
  args: { ...shared, name },
  run: guarded(async ({ args }) => {
    await perform(args, async (client) => {
      await client.api.DELETE('/api/secrets/{name}', { params: inPath(args.name) });
      process.stdout.write(`Secret ${args.name} deleted\n`);
    });
  }),
});

/** `flow secret ...`: values that flows use by name. None of these commands prints one. */
export const secret = defineCommand({
  meta: { name: 'secret', description: 'Set, list and delete the secrets that flows use' },
  subCommands: { set, list, delete: remove },
});
