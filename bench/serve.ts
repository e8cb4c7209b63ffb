// A process of its own: the platform as `flow serve` joins it, with the bench's executors. Settings come from the environment; `worker` as its
// argument leaves the API out. Prints one line of JSON when it is ready, ends on SIGTERM.
import { once } from 'node:events';
import { createLog, readConfig } from '../server/src/base/index.ts';
import { createPlatform } from '../server/src/platform/index.ts';
import { benchCatalogue } from './bench-catalogue.ts';

const config = readConfig(process.env);
const isWorker = process.argv[2] === 'worker';
const platform = await createPlatform({
  config,
  log: createLog({ level: config.logLevel }),
  loops: config.workers,
  catalogue: benchCatalogue,
  ...(isWorker ? {} : { listen: { host: '127.0.0.1', port: 0 } }),
});
process.stdout.write(`${JSON.stringify({ event: 'ready', url: platform.url ?? '' })}\n`);
await once(process, 'SIGTERM');
await platform.close();
process.exit(0);
