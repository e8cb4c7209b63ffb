// A worker process of the fault tests: the real claim loops with the real executors and those of effect.ts. It says the number of its lease when it holds
// one. With FLOW_TEST_WAITS it is loaded first, and starts when it is told to by a line on its standard input. SIGTERM drains it.
import { once } from 'node:events';
import { createLog, createSafeFetch, readConfig } from '#base';
import { createEngineDatabase } from '#db';
import { createDocumentReader } from '#documents';
import { createEventHub } from '#events';
import { createFileStore } from '#files';
import { createModels } from '#models';
import { createPlans, startWorker } from '#worker';
import { withEffect } from './effect.ts';

const { ENGINE_URL = '', FLOW_DATA_DIR = '', FLOW_TEST_WAITS } = process.env;
const config = readConfig({ FLOW_DATA_DIR });
const log = createLog({ level: 'warn', destination: process.stderr });
const db = createEngineDatabase(ENGINE_URL, { max: 4 });
const files = await createFileStore(config.files, { log });
const documents = createDocumentReader({ log });
if (FLOW_TEST_WAITS) {
  process.stdout.write('loaded\n');
  await once(process.stdin, 'data');
}
process.stdin.destroy();
const events = await createEventHub({ engineDb: db, log });
const worker = await startWorker({
  db,
  engineUrl: ENGINE_URL,
  plans: createPlans({ db, catalogue: withEffect }),
  events,
  catalogue: withEffect,
  files,
  documents,
  models: createModels({ defaultModel: 'local', fetch, log }),
  secrets: { open: async () => ({}) },
  wayOut: createSafeFetch(),
  log,
  loops: 1,
});
process.once('SIGTERM', async () => {
  await worker.drain();
  await events.close();
  await documents.close();
  await db.close();
  process.exit(0);
});
process.stdout.write(`${worker.id()}\n`);
