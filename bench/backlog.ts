// Executions whose first task is ready, many at once: as if they had been started before any worker came.
import { createLog } from '../server/src/base/index.ts';
import { createEngineDatabase } from '../server/src/db/index.ts';
import { createEngine } from '../server/src/engine/index.ts';
import { createEventHub } from '../server/src/events/index.ts';
import { createPlans, limitedExecutors } from '../server/src/worker/index.ts';
import { benchCatalogue } from './bench-catalogue.ts';
import type { BenchDatabase } from './bench-database.ts';
import { type BenchFlow, startOne } from './bench-platform.ts';
import { type CloneOptions, cloneKept, keepExecution } from './clone-kept.ts';

export interface Backlog {
  /** Adds so many executions, of the same flow unless `as` says another of the same definition, and tells the workers. */
  add(count: number, as?: CloneOptions['as']): Promise<void>;
  close(): Promise<void>;
}

/** Starts one execution of the flow, of which the backlog is made. To be opened before a worker is there to run it. */
export async function openBacklog(database: BenchDatabase, flow: BenchFlow): Promise<Backlog> {
  const log = createLog({ level: 'warn' });
  const db = createEngineDatabase(database.engineUrl, { max: 2, log });
  const events = await createEventHub({ engineDb: db, log });
  const plans = createPlans({ db, catalogue: benchCatalogue });
  const engine = createEngine({ db, plans: plans.load, events, log, limitedExecutors: limitedExecutors(benchCatalogue) });
  await keepExecution(database, await startOne(engine, flow));
  return {
    async add(count, as) {
      await cloneKept(database, count, as ? { as } : {});
      events.announceWork();
    },
    async close() {
      await events.close();
      await db.close();
    },
  };
}
