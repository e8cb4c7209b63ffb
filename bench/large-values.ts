// What memory do large outputs and large files take, beside their own size?
import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Id } from '../server/src/base/index.ts';
import type { BenchDatabase, BenchServer } from './bench-database.ts';
import { textDefinition } from './bench-flows.ts';
import { type BenchUser, callApi, createFlow, createUsers, runToEnd } from './bench-tenants.ts';
import { type Program, startPlatform } from './program.ts';
import { judge, type Question } from './question.ts';

const MEGABYTE = 1024 * 1024;
const OUTPUTS = { small: MEGABYTE, large: 50 * MEGABYTE };
const QUICK_LARGE = 20 * MEGABYTE;
const FILE_BYTES = 100 * MEGABYTE;
const CHUNK_BYTES = 256 * 1024;
const WARM_BYTES = 64 * 1024;
const SETTLE_MS = 500;

interface Peak {
  what: string;
  process: string;
  sizeMb: number;
  extraMb: number;
}

export const largeValues: Question = {
  name: 'large-values',
  async ask(server, { quick }) {
    const large = quick ? QUICK_LARGE : OUTPUTS.large;
    const peaks = [...(await runOutputs(server, [OUTPUTS.small, large])), ...(await moveFile(server))];
    const worst = (sizeMb: number) => Math.max(...peaks.filter((peak) => peak.sizeMb === sizeMb).map((peak) => peak.extraMb));
    const share = (bytes: number) => worst(bytes / MEGABYTE) / (bytes / MEGABYTE);
    return {
      title: 'Large values: memory beyond what the process had before',
      table: [
        ['', 'process', 'MB of its own', 'extra MB at most'],
        ...peaks.map(({ what, process, sizeMb, extraMb }) => [what, process, String(sizeMb), String(Math.round(extraMb))]),
      ],
      method:
        'One execution whose task gives a text of that size, run by a worker and read back through an API in processes of their own; then an upload ' +
        'and a download in pieces, its checksum compared. Extra is the peak of resident memory from the start of the work, less what was resident then.',
      caveat:
        'Resident memory also grows by what the runtime has not given back yet; a small value drowns in it.' +
        (quick ? ` A quick run: ${large / MEGABYTE} MB instead of ${OUTPUTS.large / MEGABYTE}.` : ''),
      verdicts: [
        judge('an output of 50 MB, extra memory over its size', share(large), { goal: 5, aim: 4, better: 'lower' }),
        judge('an output of 1 MB, extra memory in MB', worst(1), { goal: 64, aim: 5, better: 'lower' }),
        judge('upload and download of 100 MB, extra memory in MB', worst(FILE_BYTES / MEGABYTE), { goal: 64, aim: 32, better: 'lower' }),
      ],
    };
  },
};

/** Runs the work and answers how much resident memory rose above what it was, in MB. */
async function extraOf(program: Program, work: () => Promise<void>): Promise<number> {
  await sleep(SETTLE_MS);
  writeFileSync(`/proc/${program.pid}/clear_refs`, '5'); // the peak begins anew: proc(5)
  const { now } = program.memory();
  await work();
  return (program.memory().peak - now) / MEGABYTE;
}

async function runOutputs(server: BenchServer, sizes: readonly number[]): Promise<Peak[]> {
  const database = await server.createDatabase();
  const api = await startPlatform(database, { role: 'api' });
  const worker = await startPlatform(database, { role: 'worker', filesOf: api });
  try {
    const user = await onlyUser(database);
    const peaks: Peak[] = [];
    for (const bytes of [WARM_BYTES, ...sizes]) {
      const flow = await createFlow(api.url, user, textDefinition(bytes));
      let id = '';
      const run = await extraOf(worker, async () => {
        ({ id } = await runToEnd(api.url, user, flow, 60));
      });
      const read = await extraOf(api, () => readBack(database, api.url, user, { id, bytes }));
      const sizeMb = bytes / MEGABYTE;
      const what = `output of ${sizeMb} MB`;
      if (bytes !== WARM_BYTES) {
        peaks.push({ what, process: 'worker', sizeMb, extraMb: run }, { what, process: 'API, read back', sizeMb, extraMb: read });
      }
    }
    return peaks;
  } finally {
    await worker.close();
    await api.close();
    await database.drop();
  }
}

async function onlyUser(database: Parameters<typeof createUsers>[0]): Promise<BenchUser> {
  const [user] = await createUsers(database, { organizations: 1, users: 1 });
  if (!user) throw new Error('There is no user');
  return user;
}

async function readBack(database: BenchDatabase, url: string, user: BenchUser, { id, bytes }: { id: Id; bytes: number }): Promise<void> {
  const text = 'select id from task_executions where execution_id = $1 order by task desc limit 1';
  const { rows } = await database.owner.query<{ id: Id }>(text, [id]);
  const { output } = await callApi(url, user, 'GET', `/api/task-outputs/${rows[0]?.id}`);
  if (output?.text?.length !== bytes) throw new Error(`The output has ${output?.text?.length} characters, expected ${bytes}`);
}

async function moveFile(server: BenchServer): Promise<Peak[]> {
  const database = await server.createDatabase();
  const api = await startPlatform(database, { role: 'api' });
  try {
    const user = await onlyUser(database);
    const flow = await createFlow(api.url, user, textDefinition(1));
    const chunk = randomBytes(CHUNK_BYTES);
    const sizeMb = FILE_BYTES / MEGABYTE;
    let uri = '';
    const up = await extraOf(api, async () => {
      const place = await callApi(api.url, user, 'POST', `/api/flows/${flow.flowId}/upload-url?content_type=application/octet-stream`);
      ({ uri } = place);
      await upload(place.upload_url, chunk);
    });
    const down = await extraOf(api, () => download(api.url, user, uri, chunk));
    return [
      { what: `upload of ${sizeMb} MB`, process: 'API', sizeMb, extraMb: up },
      { what: `download of ${sizeMb} MB`, process: 'API', sizeMb, extraMb: down },
    ];
  } finally {
    await api.close();
    await database.drop();
  }
}

async function upload(url: string, chunk: Buffer): Promise<void> {
  const pieces = async function* () {
    for (let sent = 0; sent < FILE_BYTES; sent += CHUNK_BYTES) yield chunk;
  };
  const headers = { 'Content-Type': 'application/octet-stream', 'Content-Length': String(FILE_BYTES) };
  const response = await fetch(url, { method: 'PUT', headers, body: ReadableStream.from(pieces()), duplex: 'half' } as RequestInit);
  if (!response.ok) throw new Error(`The upload failed: ${response.status} ${await response.text()}`);
}

async function download(url: string, user: BenchUser, uri: string, chunk: Buffer): Promise<void> {
  const response = await fetch(`${url}/api/files/download?uri=${encodeURIComponent(uri)}`, { headers: user.headers });
  if (!response.ok || !response.body) throw new Error(`The download failed: ${response.status} ${await response.text()}`);
  const [found, expected] = [createHash('sha256'), createHash('sha256')];
  for await (const piece of response.body) found.update(piece);
  for (let sent = 0; sent < FILE_BYTES; sent += CHUNK_BYTES) expected.update(chunk);
  if (found.digest('hex') !== expected.digest('hex')) throw new Error('What was downloaded is not what was uploaded');
}
