/**
 * Any number of random requests to a platform of its own (server/test/fuzz):
 *
 *   npm run fuzz -- --requests 100000 --seed 7
 *
 * The same seed draws the same requests. Exits 1 where an answer was wrong, and prints the request.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { requests: { type: 'string', default: '3000' }, seed: { type: 'string', default: '1' } } });
for (const [name, value] of Object.entries(values)) {
  if (/^\d{1,9}$/.test(value)) continue;
  console.error(`--${name} is a whole number, not '${value}'`);
  process.exit(2);
}
const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
const env = { ...process.env, FLOW_TEST_REQUESTS: values.requests, FLOW_TEST_SEED: values.seed };
const run = spawn(process.execPath, [vitest, 'run', '--project', 'platform', 'server/test/fuzz'], { stdio: 'inherit', env });
run.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
