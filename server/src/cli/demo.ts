import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { createFlowClient, type FlowClient, type PublishedFlow, publishFlow, startRun, uploadFile } from '@flow-platform/sdk';
import { defineCommand } from 'citty';
import { type Config, createLog, isJsonObject, type Json, readConfig } from '#base';
import { catalogue } from '#executors';
import { checkDefinition } from '#language';
import { createPlatform, type Platform } from '#platform';
import { keepAccount } from './keep-account.ts';
import { atOwnAddress } from './local-session.ts';
import { printTable } from './print-table.ts';
import { guarded } from './report-failure.ts';
import { formatDuration, showProgress } from './show-progress.ts';
import { aborted, stopSignal } from './stop-signal.ts';
import { type WatchedExecution, watchExecution } from './watch-execution.ts';

const EXAMPLE = new URL('../../../examples/invoice/', import.meta.url);
const ORGANIZATION = 'Demo';
const EMAIL = 'demo@flow.example';
const DOCUMENTS = [
  { filename: 'northwind-invoice.pdf', contentType: 'application/pdf', title: 'northwind-invoice.pdf (two pages with a text layer)' },
  { filename: 'scan-rechnung.jpg', contentType: 'image/jpeg', title: 'scan-rechnung.jpg (a scanned page, no text)' },
];

/** `flow demo` (npm run demo): the main job on real input, from an empty folder: boots all, reads two invoices, prints what it found. */
export const demo = defineCommand({
  meta: { name: 'demo', description: 'Boot the platform and read two invoices' },
  args: {
    data: { type: 'string', description: 'Data folder (FLOW_DATA_DIR, .flow)' },
    port: { type: 'string', description: 'Port to listen on (FLOW_PORT; else 8080, or a free one where that is taken)' },
    serve: { type: 'boolean', description: 'Stay up afterwards' },
  },
  run: guarded(async ({ args }) => {
    const signal = stopSignal();
    const config = readConfig(process.env, { dataDir: args.data, port: args.port });
    let platform: Platform | undefined;
    try {
      const startedAt = performance.now();
      process.stdout.write(
        `${styleText('bold', 'Flow Platform demo')}: PostgreSQL, API and workers start in ${config.databaseUrl ? 'the database of DATABASE_URL' : config.dataDir} ...\n`,
      );
      platform = await boot(config, args.port !== undefined, signal);
      process.stdout.write(`${styleText('green', '✔')} Ready after ${formatDuration(performance.now() - startedAt)}\n`);
      const isComplete = await runDemo(platform, config, signal);
      signal.throwIfAborted(); // the list of tasks keeps what ended it to itself
      process.exitCode = isComplete ? 0 : 1;
      sayWhere(platform, config, args.serve === true);
      if (args.serve) await aborted(signal);
    } finally {
      await platform?.close();
    }
  }),
});

/** The usual port, or a free one where somebody else has it and nobody asked for it by name. */
async function boot(config: Config, portIsGiven: boolean, signal: AbortSignal): Promise<Platform> {
  const start = (port: number) =>
    createPlatform({
      config: atOwnAddress(config),
      log: createLog({ level: 'warn' }),
      listen: { host: config.host, port },
      loops: Math.max(1, config.workers),
      signal,
    });
  try {
    return await start(config.port);
  } catch (error) {
    const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    if (!taken || portIsGiven) throw error;
    return await start(0);
  }
}

async function runDemo(platform: Platform, config: Config, signal: AbortSignal): Promise<boolean> {
  const file = join(config.dataDir, 'demo.json');
  const { apiKey } = await keepAccount(platform, { file, organizationName: ORGANIZATION, name: 'Demo', email: EMAIL });
  process.stdout.write(
    `${styleText('green', '✔')} Organization ${ORGANIZATION}, user ${EMAIL}, service account with an API key: they are kept in ${file}\n`,
  );
  const client = createFlowClient({ baseUrl: platform.url ?? '', apiKey, signal });
  const text = await readFile(new URL('flow.yaml', EXAMPLE), 'utf8');
  const flow = await publishFlow(client, checkDefinition(text, catalogue).name ?? 'Invoice', text);
  await client.api.PATCH('/api/flows/{flow_id}', { params: { path: { flow_id: flow.id } }, body: { status: 'published' } });
  process.stdout.write(
    `${styleText('green', '✔')} Published ${flow.displayName}, version ${flow.version}, from examples/invoice/flow.yaml\n\n`,
  );
  const states = await showProgress(
    DOCUMENTS.map((document) => ({
      title: document.title,
      tasks: flow.tasks,
      run: (onChange) => runOn(client, flow, document, onChange, signal),
    })),
  );
  for (const [i, state] of states.entries()) printFields(DOCUMENTS[i]?.filename ?? '', state);
  return states.length === DOCUMENTS.length && states.every((state) => state.status === 'completed');
}

async function runOn(
  client: FlowClient,
  flow: PublishedFlow,
  document: (typeof DOCUMENTS)[number],
  onChange: (state: WatchedExecution) => void,
  signal: AbortSignal,
): Promise<WatchedExecution> {
  const bytes = await readFile(new URL(document.filename, EXAMPLE));
  const file = await uploadFile(client, flow.id, { bytes, filename: document.filename, contentType: document.contentType });
  const input = { file_key: file.fileKey, document_url: file.uri, filename: document.filename, mime_type: document.contentType };
  const { id } = await startRun(client, { flowId: flow.id, input });
  return watchExecution(client, id, flow.tasks, onChange, signal);
}

/** The table that the demo is about: each field with its value, how sure, and where on which page it stands. */
function printFields(filename: string, state: WatchedExecution): void {
  const extraction = state.tasks.map((task) => task.output).find((output) => isJsonObject(output) && isJsonObject(output['_evidence']));
  if (!isJsonObject(extraction)) return;
  const evidence = extraction['_evidence'];
  const rows = Object.entries(extraction)
    .filter(([id]) => id !== '_evidence')
    .map(([id, value]) => toRow(id, value, isJsonObject(evidence) ? evidence[id] : undefined));
  process.stdout.write(`\n${styleText('bold', filename)}\n`);
  printTable(['Field', 'Value', 'Confidence', 'Page', 'Box (left, top, right, bottom; 0 to 1)'], rows);
}

function toRow(id: string, value: Json, found: Json | undefined): (string | number)[] {
  if (Array.isArray(value)) return [id, `${value.length} rows`, '', '', ''];
  const evidence = isJsonObject(found) ? found : {};
  const confidence = typeof evidence['confidence'] === 'number' ? `${Math.round(evidence['confidence'] * 100)} %` : '';
  const box = Array.isArray(evidence['box']) ? evidence['box'].map((n) => Number(n).toFixed(3)).join(', ') : '';
  const page = typeof evidence['page'] === 'number' ? evidence['page'] : '';
  return [id, value === null ? '-' : String(value).slice(0, 48), confidence.padStart(10), page, box];
}

function sayWhere(platform: Platform, config: Config, stays: boolean): void {
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  const data = config.dataDir.startsWith(root) ? config.dataDir.slice(root.length) : config.dataDir;
  process.stdout.write(`
  API          ${platform.url}/api
  Reference    ${platform.url}/docs   (OpenAPI: /api/openapi.json)
  Data folder  ${data}

${stays ? 'It stays up until Ctrl-C.' : 'It ends now. `npm run demo -- --serve` stays up; `npm start` serves the same data.'}
`);
}
