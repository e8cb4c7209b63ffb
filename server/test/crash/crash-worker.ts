// A worker process of its own for the crash test: the real claim loops with the real executors and one more, whose effect the test can count.
import { setTimeout as sleep } from 'node:timers/promises';
import { createLog, createSafeFetch, type JsonObject, readConfig } from '#base';
import { createEngineDatabase } from '#db';
import { createDocumentReader } from '#documents';
import { createEventHub } from '#events';
import { type Catalogue, catalogue, type Executor } from '#executors';
import { createFileStore } from '#files';
import { createModels } from '#models';
import { createPlans, startWorker } from '#worker';

/** Waits a while, then tells the sink its idempotency key and what it was asked to do: what a payment or a mail would be. */
export const effect: Executor = {
  name: 'effect',
  title: 'Effect',
  description: 'Has an effect outside the platform, for the crash test.',
  agentPrompt: 'For tests.',
  isInput: false,
  isSchedulable: false,
  parametersSchema: {
    type: 'object',
    properties: { sink: { type: 'string' }, body: {}, wait_ms: { type: 'number' } },
    required: ['sink', 'body', 'wait_ms'],
    additionalProperties: false,
  },
  flowInputSchema: null,
  outputSchema: () => ({ type: 'object', properties: { value: {} }, required: ['value'], additionalProperties: false }),
  defaultReferenceMode: 'single',
  pure: false,
  defaultTimeoutMs: 60_000,
  example: { definition: '', input: {} },
  async run(parameters: JsonObject, context) {
    await sleep(Number(parameters['wait_ms']), undefined, { signal: context.signal });
    const response = await fetch(String(parameters['sink']), {
      method: 'POST',
      headers: { 'Idempotency-Key': context.idempotencyKey },
      body: JSON.stringify(parameters['body']),
      signal: context.signal,
    });
    return { status: 'completed', output: { value: Number(await response.text()) } };
  },
};

export const withEffect: Catalogue = {
  get: (name) => (name === effect.name ? effect : catalogue.get(name)),
  list: () => [...catalogue.list(), effect],
};

if (import.meta.main) {
  const { ENGINE_URL = '', FLOW_DATA_DIR = '' } = process.env;
  const config = readConfig({ FLOW_DATA_DIR });
  const log = createLog({ level: 'error' });
  const db = createEngineDatabase(ENGINE_URL, { max: 4 });
  const worker = await startWorker({
    db,
    engineUrl: ENGINE_URL,
    plans: createPlans({ db, catalogue: withEffect }),
    events: await createEventHub({ engineDb: db, log }),
    catalogue: withEffect,
    files: await createFileStore(config.files, { log }),
    documents: createDocumentReader({ log }),
    models: createModels({ defaultModel: 'local', fetch, log }),
    secrets: { open: async () => ({}) },
    wayOut: createSafeFetch(),
    log,
    loops: 1,
  });
  process.stdout.write(`${worker.id()}\n`);
}
