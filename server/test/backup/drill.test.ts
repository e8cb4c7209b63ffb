/** The drill of F24 and F30: backed up under load, lost, restored to an instant; and what a damaged backup says. */
import { mkdir, mkdtemp, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openArchive, restoreBackup, verifyBackup } from '#backup';
import { createLog } from '#base';
import { listBases, listSegments } from '../../src/backup/archive.ts';
import { checkHistory } from '../../src/engine/check-history.ts';
import { expectNothingRuns, runFlow, until } from '../support/flow-program.ts';
import { reach } from '../support/run-flow.ts';
import { type Installation, keyOf, loseMachine, openEngine, startInstallation, startLoad } from './installation.ts';

const BEFORE = 8; // runs that are acknowledged before the instant
const AFTER = 5;
const log = createLog({ level: 'silent' });

let root: string;
let archive: ReturnType<typeof openArchive>;
let key: string;
let latest: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'flow-backup-'));
  archive = openArchive(join(root, 'archive'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** The last segment of each shipment. */
const cuts = async () => (await listSegments(archive)).filter(({ through }) => through !== null);
const throughOf = async () => (await cuts()).at(-1)?.through ?? '';

describe.runIf(process.platform === 'linux' && !process.env.TEST_DATABASE_URL)('a backup', () => {
  test('F24: restores a platform that was lost under load to an instant: nothing acknowledged is missing, and its work goes on', {
    timeout: 240_000,
  }, async () => {
    const [dataDir, restored] = [join(root, 'data'), join(root, 'restored')];
    const env = { FLOW_BACKUP: archive.folder, FLOW_BACKUP_SECONDS: '1' };
    const first = await startInstallation(dataDir, env);
    key = await keyOf(dataDir);
    const load = await startLoad(first.client);
    await until(async () => (await listBases(archive)).bases.length > 0, 'the first copy is made');
    const mark = load.started.length;
    await until(() => load.started.length >= mark + BEFORE, 'runs before the instant');
    const instant = new Date();
    await until(() => load.started.filter(({ askedAt }) => askedAt > instant.getTime()).length >= AFTER, 'runs after the instant');
    const done = new Date().toISOString();
    await until(
      async () => (await throughOf()) > done && (await cuts()).length >= 5,
      'what was done is in the archive, in several shipments',
    );
    await load.stop();
    await loseMachine(dataDir, first.server);
    await rm(dataDir, { recursive: true });
    latest = await throughOf();

    const given = { FLOW_ENCRYPTION_KEY: key };
    const made = await runFlow(['restore', '--from', archive.folder, '--data', restored, '--to', instant.toISOString(), '--json'], {
      env: given,
    });
    expect(made.code, made.stderr).toBe(0);
    expect(JSON.parse(made.stdout).last_commit_at <= instant.toISOString().replace('Z', '999Z')).toBe(true);
    await writeFile(join(restored, 'encryption-key'), `${key}\n`, { mode: 0o600 });
    // without the archive: it would go on with a copy of its own in it, and what follows reads the one of the lost machine
    await checkRestored(await startInstallation(restored, {}, first.token), load.started, instant, restored);
  });

  /** What a restore of it says; the folder that it was asked to make is empty again. */
  async function refusalOf(options: { target?: string; encryptionKey?: Buffer } = {}): Promise<string> {
    const dataDir = await mkdtemp(join(root, 'refused-'));
    const encryptionKey = options.encryptionKey ?? Buffer.from(key, 'base64');
    const files = pathToFileURL(join(dataDir, 'files')).href;
    const refusal = await restoreBackup({ archive, dataDir, encryptionKey, files, target: options.target, log }).then(
      () => 'it restored',
      (error: Error) => error.message,
    );
    expect(await readdir(dataDir)).toEqual([]);
    return refusal;
  }

  test('is whole by its own account, until when it says', async () => {
    const report = await verifyBackup(archive);
    expect(report.faults).toEqual([]);
    expect(report.restorable[0]?.to).toBe(latest);
    expect(report.filesRead).toBeGreaterThan(500);
  });

  test('is refused for a time outside of it, for another key, and into a folder that is not empty', async () => {
    const [base] = (await listBases(archive)).bases;
    expect(await refusalOf({ target: '2199-01-01T00:00:00.000000Z' })).toContain(`The log in the archive ends at ${latest}`);
    expect(await refusalOf({ target: '2001-01-01T00:00:00.000000Z' })).toContain(`whole from ${base?.finishedAt} on`);
    expect(await refusalOf({ encryptionKey: Buffer.alloc(32, 9) })).toContain('is not the key that this installation was made with');
    const full = join(root, 'full');
    await mkdir(full);
    await writeFile(join(full, 'encryption-key'), `${key}\n`);
    await writeFile(join(full, 'notes.txt'), 'mine');
    const refused = await runFlow(['restore', '--from', archive.folder, '--data', full]);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('is not empty (notes.txt)')]);
    expect((await readdir(full)).sort()).toEqual(['encryption-key', 'notes.txt']);
  });

  test('F30: with a missing segment tells the gap instead of skipping it, and the latest time before it', async () => {
    const [before, missing] = (await cuts()).slice(-3);
    const move = async (from: string, to: string) => {
      for (const end of ['gz', 'json']) await rename(join(from, `${missing?.segment}.${end}`), join(to, `${missing?.segment}.${end}`));
    };
    await move(archive.wal, root);
    const told = `The log has a gap: segment ${missing?.segment} is missing from the archive. The latest time before it that can be restored is ${before?.through}`;
    expect(await refusalOf()).toBe(told);
    expect(await refusalOf({ target: missing?.through ?? '' })).toBe(told);
    const report = await verifyBackup(archive);
    expect(report.faults).toEqual([expect.stringContaining(`wal/${missing?.segment} is missing`)]);
    expect(report.restorable[0]?.to).toBe(before?.through);
    await move(root, archive.wal);
  });

  test('with changed bytes is refused by the name of the file, wherever they lie', { timeout: 180_000 }, async () => {
    const [base] = (await listBases(archive)).bases;
    const table = base?.files.toSorted((a, b) => b.sizeBytes - a.sizeBytes)[0]?.path ?? '';
    const [object] = (await readFile(archive.fileList, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).path as string);
    const places = [`bases/${base?.id}/postgres/${table}`, `files/${object}`, `wal/${base?.startSegment}.gz`];
    for (const place of places) await flipByte(join(archive.folder, place));
    expect((await verifyBackup(archive)).faults).toEqual(places.map((place) => `${place} does not have the checksum that was noted`));
    for (const place of [...places.slice(1), places[0] ?? '']) {
      expect(await refusalOf()).toContain(`${place} does not have the checksum`);
      await flipByte(join(archive.folder, place));
    }
    await flipByte(join(archive.base(base?.id ?? ''), 'manifest.json'));
    expect(await refusalOf()).toContain('can be trusted');
  });

  async function checkRestored(
    second: Installation,
    started: Awaited<ReturnType<typeof startLoad>>['started'],
    instant: Date,
    dataDir: string,
  ) {
    try {
      for (const { id, fileKey, askedAt, answeredAt } of started) {
        if (askedAt > instant.getTime()) expect((await second.client.get(`/api/flow-executions/${id}`)).status).toBe(404);
        if (answeredAt >= instant.getTime()) continue; // in flight at the instant: there or not
        expect(await reach(second.client, id, 'completed', 'failed')).toMatchObject({ status: 'completed' });
        const place = await second.client.post('/api/flows/download-url', { file_key: fileKey });
        expect((await fetch(place.body.download_url)).status, fileKey).toBe(200);
      }
      const engine = await openEngine(dataDir);
      const history = await checkHistory(engine);
      await engine.close();
      expect(history.rowsRead['flow_executions']).toBeGreaterThanOrEqual(BEFORE);
      expect(history.violations).toEqual([]);
    } finally {
      second.server.interrupt('SIGTERM');
      await second.server.exit;
      await expectNothingRuns(dataDir, second.server);
    }
  }
});

/** In its middle; the second time it is as it was. */
async function flipByte(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  const at = Math.floor((await handle.stat()).size / 2);
  const byte = Buffer.alloc(1);
  await handle.read(byte, 0, 1, at);
  byte[0] = (byte[0] ?? 0) ^ 1;
  await handle.write(byte, 0, 1, at);
  await handle.close();
}
