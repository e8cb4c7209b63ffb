import { createLog, createSafeFetch, readConfig } from '#base';
import { createDocumentReader } from '#documents';
import { createFileStore } from '#files';
import { createModels } from '#models';
import { createPlans, type RunningWorker, startWorker } from '#worker';
import { withEffect } from './effect.ts';
import type { FaultWorld } from './fault-world.ts';

/** A worker in this process, which finishes what another has left. Drain it. */
export async function startHealingWorker({ db, database, events, dataDir }: FaultWorld): Promise<RunningWorker> {
  const log = createLog({ level: 'silent' });
  return startWorker({
    db,
    engineUrl: database.engineUrl,
    plans: createPlans({ db, catalogue: withEffect }),
    events,
    catalogue: withEffect,
    files: await createFileStore(readConfig({ FLOW_DATA_DIR: dataDir }).files, { log }),
    documents: createDocumentReader({ log }),
    models: createModels({ defaultModel: 'local', fetch, log }),
    secrets: { open: async () => ({}) },
    wayOut: createSafeFetch(),
    log,
    loops: 1,
  });
}
