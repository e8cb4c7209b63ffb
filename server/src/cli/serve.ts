import { defineCommand } from 'citty';
import { createLog, readConfig } from '#base';
import { createPlatform } from '#platform';
import { announceReady } from './announce-ready.ts';
import { guarded } from './report-failure.ts';
import { aborted, stopSignal } from './stop-signal.ts';

/** `flow serve` (npm start): the API and, unless `--workers 0`, the workers, in one process. */
export const serve = defineCommand({
  meta: { name: 'serve', description: 'Serve the API and run workers' },
  args: {
    host: { type: 'string', description: 'Address to listen on (FLOW_HOST, 127.0.0.1)' },
    port: { type: 'string', description: 'Port to listen on (FLOW_PORT, 8080)' },
    data: { type: 'string', description: 'Data folder (FLOW_DATA_DIR, .flow)' },
    workers: { type: 'string', description: 'Claim loops in this process; 0 serves the API only (FLOW_WORKERS, number of cores)' },
  },
  run: guarded(async ({ args }) => {
    const signal = stopSignal();
    const config = readConfig(process.env, { host: args.host, port: args.port, dataDir: args.data, workers: args.workers });
    const platform = await createPlatform({
      config,
      log: createLog({ level: config.logLevel }),
      listen: { host: config.host, port: config.port },
      loops: config.workers,
      signal,
    });
    announceReady(platform, config);
    await aborted(signal);
    await platform.close();
  }),
});
