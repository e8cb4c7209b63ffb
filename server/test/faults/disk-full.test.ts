// F11: the disk is full, of the files or of the database. Writes are refused with 503, nothing is half written, and with space again all goes on.
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { createLog, newId, readConfig } from '#base';
import { createPlatform } from '#platform';
import { createFlow } from '../support/run-flow.ts';
import { receive } from '../support/running-platform.ts';
import { createClient } from '../support/test-client.ts';
import { startTestPlatform } from '../support/test-platform.ts';
import { insist } from './mixed-work.ts';

const run = promisify(execFile);

/** A small disk of its own; undefined, with the reason printed, where this machine lets nobody mount one. */
async function smallDisk(megabytes: number): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'flow-small-disk-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0777`, 'tmpfs', folder]);
  } catch (error) {
    console.log(`skipped: no tmpfs can be mounted here (${(error as Error).message.split('\n')[0]})`);
    return undefined;
  }
  onTestFinished(async () => void (await run('umount', ['-l', folder])));
  return folder;
}

/** Takes all the space that is left but so much. */
async function fill(folder: string, leaveBytes: number): Promise<string> {
  const { stdout } = await run('df', ['--output=avail', '-B1', folder]);
  const ballast = join(folder, 'ballast');
  await writeFile(ballast, Buffer.alloc(Math.max(0, Number(stdout.split('\n')[1]) - leaveBytes)));
  return ballast;
}

test('F11: a full disk of files refuses an upload, leaves no part of it, and takes it when there is room', { timeout: 60_000 }, async ({
  skip,
}) => {
  const disk = await smallDisk(8);
  if (disk === undefined) return skip();
  const platform = await startTestPlatform({ config: { files: pathToFileURL(disk).href } });
  onTestFinished(() => platform.close());
  const user = await platform.as('app_user');
  const flowId = await createFlow(user, [receive]);
  const { body: place } = await user.post(`/api/flows/${flowId}/upload-url?content_type=text/plain`);
  const put = async () => (await fetch(place.upload_url, { method: 'PUT', body: Buffer.alloc(3_000_000, 'x') })).status;
  const ballast = await fill(disk, 1_000_000);
  expect(await put()).toBe(503);
  expect((await readdir(disk, { recursive: true })).filter((name) => name.endsWith('.part'))).toEqual([]);
  expect((await user.get(`/api/flows/${flowId}/files`)).body).toEqual([]);
  await rm(ballast);
  expect(await put()).toBe(200);
  expect((await user.get(`/api/flows/${flowId}/files`)).body).toHaveLength(1);
});

test('F11: a database whose disk is full says 503, loses nothing that it acknowledged, and goes on when there is room', {
  timeout: 180_000,
}, async ({ skip }) => {
  const disk = await smallDisk(200);
  if (disk === undefined) return skip();
  const log = createLog({ level: 'fatal' });
  const config = { ...readConfig({ FLOW_DATA_DIR: join(disk, 'data') }), rateLimitPerSecond: 100_000, uniqueFlowNames: false };
  const platform = await createPlatform({ config, log, loops: 1, listen: { host: '127.0.0.1', port: 0 } });
  onTestFinished(() => platform.close());
  const organization = await platform.access.createOrganization({ name: 'Full' });
  const account = await platform.access.createServiceAccount({ organizationId: organization.id, name: 'a', role: 'org_admin' });
  const user = createClient(platform.url ?? '', { 'X-API-Key': account.token });
  const create = () =>
    user.post('/api/flows', {
      display_name: newId(),
      description: 'x'.repeat(900),
      definition: { name: 'a', tasks: [receive] },
      input_definition: null,
    });
  const flowId = (await create()).body.id;
  const large = () =>
    user.post(
      '/api/flows',
      { display_name: newId(), definition: { name: 'a', tasks: [{ ...receive, description: 'y'.repeat(60_000) }] } },
      { 'Idempotency-Key': newId() },
    );

  const ballast = await fill(disk, 3_000_000);
  const acknowledged: string[] = [];
  const statuses = new Set<number>();
  for (let n = 0; n < 3_000 && !statuses.has(503); n++) {
    const { status, body } = await large();
    statuses.add(status);
    if (status === 201) acknowledged.push(body.id);
  }
  expect([...statuses].filter((status) => status !== 201)).toEqual([503]);
  await rm(ballast);
  expect((await insist(large)).status).toBe(201);
  for (const id of [flowId, ...acknowledged]) expect((await insist(() => user.get(`/api/flows/${id}`))).status).toBe(200);
});
