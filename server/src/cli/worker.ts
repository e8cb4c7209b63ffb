import { defineCommand } from 'citty';
import { createLog, readConfig } from '#base';
import { createPlatform } from '#platform';
import { guarded } from './report-failure.ts';
import { aborted, stopSignal } from './stop-signal.ts';

/** `flow worker`: claim loops without an API, beside any number of others on the same database. */
export const worker = defineCommand({
  meta: { name: 'worker', description: 'Run workers without the API' },
  args: {
    data: { type: 'string', description: 'Data folder (FLOW_DATA_DIR, .flow)' },
    workers: { type: 'string', description: 'Claim loops (FLOW_WORKERS, number of cores)' },
  },
  run: guarded(async ({ args }) => {
    const signal = stopSignal();
    const config = readConfig(process.env, { dataDir: args.data, workers: args.workers });
    const loops = Math.max(1, config.workers);
    const platform = await createPlatform({ config, log: createLog({ level: config.logLevel }), loops, signal });
    const { workerId, metricsUrl } = platform;
    const ready = { event: 'ready', worker: workerId, loops, ...(metricsUrl ? { metrics_url: metricsUrl } : {}) };
    process.stdout.write(
      process.stdout.isTTY ? `Worker ${ready.worker} is ready with ${loops} claim loops. Ctrl-C ends it.\n` : `${JSON.stringify(ready)}\n`,
    );
    await aborted(signal);
    await platform.close();
  }),
});
