// F23: a migration beside a version that works on: it waits for a long reader without holding anybody up, and the version before it goes on afterwards.
import { copyFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { createLog } from '#base';
import { migrate } from '#db';
import { checkHistory } from '../../src/engine/check-history.ts';
import { createFlow, startRun } from '../support/run-flow.ts';
import { receive, startRunningPlatform } from '../support/running-platform.ts';

const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url));
const REFUSALS = 2;

/** The product's migrations and one more, as a later version would bring it. */
async function nextVersion(): Promise<{ folder: string; name: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'flow-migrations-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const names = (await readdir(MIGRATIONS)).filter((name) => name.endsWith('.sql'));
  await Promise.all(names.map((name) => copyFile(join(MIGRATIONS, name), join(folder, name))));
  const name = `${String(names.length + 1).padStart(4, '0')}-later.sql`;
  await writeFile(
    join(folder, name),
    `alter table task_executions add column later text;
     alter table flow_executions add column later integer not null default 0;
     create index task_executions_later on task_executions (organization_id, later) where later is not null;`,
  );
  return { folder, name };
}

async function connect(url: string): Promise<Client> {
  const client = new Client(url);
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

/** Calls back with each line that says that a table is locked. */
function watch(onRefused: () => void) {
  const write = (line: string) => line.includes('a table is locked') && onRefused();
  return createLog({ destination: { write } as unknown as NodeJS.WritableStream });
}

test('F23: runs go on while a migration waits for a long reader, and under the version before it once it is there', {
  timeout: 180_000,
}, async () => {
  const { platform, user, fileKey } = await startRunningPlatform({ loops: 1 });
  onTestFinished(() => platform.close());
  const flowId = await createFlow(user, [
    receive,
    { name: 'say', task_executor_name: 'format_data', parameters: { template: 'hello {{ receive.filename }}' } },
  ]);
  const run = async () => (await startRun(user, flowId, { file_key: fileKey }, { waitSeconds: 60 })).status;
  expect(await run()).toBe('completed');
  const { folder, name } = await nextVersion();
  const reader = await connect(platform.ownerUrl);
  await reader.query('begin');
  await reader.query('lock table task_executions in access share mode');
  const refused = Array.from({ length: REFUSALS }, () => Promise.withResolvers<void>());
  let count = 0;
  const log = watch(() => refused[count++]?.resolve());
  const migrating = migrate({ ownerUrl: platform.ownerUrl, encryptionKey: platform.config.encryptionKey, log, folder });
  for (const { promise } of refused) {
    await promise; // after two seconds; the reader is still there, and nobody stands behind the migration any more
    expect(await run()).toBe('completed');
  }
  await reader.query('commit');
  expect(await migrating).toEqual([name]);
  for (let again = 0; again < 3; again++) expect(await run()).toBe('completed');
  expect((await checkHistory(platform.engineDb)).violations).toEqual([]);
});
