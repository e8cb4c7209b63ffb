import { createSecretReader } from '#access';
import { createLog, createSafeFetch, type Id, type JsonObject, newId } from '#base';
import type { EngineDatabase } from '#db';
import { roleUrl } from '#db';
import { createDocumentReader } from '#documents';
import { createEngine } from '#engine';
import { type Catalogue, catalogue, type Executor, type ExecutorContext, type Outcome } from '#executors';
import type { FileStore } from '#files';
import { parseDefinition, planFlow } from '#language';
import { createModels } from '#models';
import { createPlans, limitedExecutors, startWorker } from '#worker';
import { seedFlow } from '../support/seed-run.ts';
import type { TestPlatform } from '../support/test-platform.ts';

/** What a test's executor does: with the resolved parameters, as a real one. */
export type Work = (parameters: JsonObject, context: ExecutorContext) => Promise<Outcome> | Outcome;

/** An executor of the test's own, beside the platform's. It takes any parameters. */
export const executorOf = (name: string, work: Work): Executor => ({
  name,
  title: name,
  description: 'An executor of a test.',
  agentPrompt: 'For tests.',
  isInput: false,
  isSchedulable: false,
  parametersSchema: { type: 'object' },
  flowInputSchema: null,
  outputSchema: () => ({}),
  defaultReferenceMode: 'single',
  pure: false,
  defaultTimeoutMs: 30_000,
  example: { definition: '', input: {} },
  run: work as Executor['run'],
});

export interface TestWorker {
  workerId(): number;
  /** Starts a run of these tasks in organization A and answers its id. The API shows it as any other. */
  start(tasks: unknown[], metadata?: JsonObject, fileKey?: string): Promise<Id>;
  logged: Record<string, unknown>[];
  drain(): Promise<void>;
}

/** A worker process's parts on the database of a platform that has none, with the executors of a test. */
export async function startTestWorker(
  platform: TestPlatform,
  executors: Executor[],
  options: { db?: EngineDatabase; files?: FileStore; loops?: number; fileKey?: string } = {},
): Promise<TestWorker> {
  const { db = platform.engineDb, files = platform.files, loops = 1 } = options;
  const own = new Map(executors.map((executor) => [executor.name, executor]));
  const all: Catalogue = { get: (name) => own.get(name) ?? catalogue.get(name), list: () => [...catalogue.list(), ...executors] };
  const logged: Record<string, unknown>[] = [];
  const write = (line: string) => void logged.push(JSON.parse(line));
  const log = createLog({ destination: { write } as unknown as NodeJS.WritableStream });
  const documents = createDocumentReader({ log });
  const wayOut = createSafeFetch({ allowPrivateNetworks: ['127.0.0.0/8'] });
  const plans = createPlans({ db: platform.engineDb, catalogue: all });
  const worker = await startWorker({
    db,
    engineUrl: roleUrl(platform.ownerUrl, 'flow_engine', platform.config.encryptionKey),
    plans,
    events: platform.events,
    catalogue: all,
    files,
    documents,
    models: createModels({ defaultModel: 'local', fetch, log }),
    wayOut,
    secrets: createSecretReader({ engineDb: platform.engineDb, encryptionKey: platform.config.encryptionKey }),
    log,
    loops,
  });
  const limited = limitedExecutors(all);
  const engine = createEngine({ db: platform.engineDb, plans: plans.load, events: platform.events, log, limitedExecutors: limited });
  return {
    workerId: worker.id,
    logged,
    async start(tasks, metadata = {}, fileKey = options.fileKey ?? '') {
      const definition = { name: 'flow', tasks };
      const planned = planFlow(parseDefinition(definition).definition, all);
      if ('faults' in planned) throw new Error(`the flow of the test does not plan: ${JSON.stringify(planned.faults)}`);
      const flow = await seedFlow(platform.engineDb, platform.a.id, { tasks: planned.plan.tasks, definition });
      const id = newId();
      await engine.start(platform.a.id, {
        ...flow,
        id,
        flowVersion: 1,
        inputTaskName: 'receive',
        input: { file_key: fileKey, metadata },
        triggeredTaskExecutorName: null,
        triggeredBy: 'test',
        modifiedBy: 'test',
      });
      return id;
    },
    async drain() {
      await worker.drain();
      await documents.close();
      await wayOut.close();
    },
  };
}
