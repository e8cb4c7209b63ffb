/**
 * `npm run test:ha [-- --kills N]`: three PostgreSQL servers kept by Patroni and etcd, of which the leader is killed N times (6) under load. Needs programs
 * that do not come with the install; says how to get those that are missing. Exit code 2 where one is.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { kills: { type: 'string', default: '6' } } });
const kills = Number(values.kills);
if (!Number.isInteger(kills) || kills < 1) throw new Error('--kills is a number from 1');

const SERVERS = '/usr/lib/postgresql'; // where Debian has each major release
const newest = existsSync(SERVERS)
  ? readdirSync(SERVERS)
      .map(Number)
      .filter((major) => major >= 15)
      .sort((a, b) => b - a)[0]
  : undefined;
const isThere = (program: string) => spawnSync('which', [program]).status === 0;
const missing = [
  ...(newest === undefined ? ['postgresql'] : []),
  ...(isThere('patroni') ? [] : ['patroni']),
  ...(isThere('etcd') ? [] : ['etcd-server']),
];
if (missing.length > 0) {
  console.error(
    `Missing: ${missing.join(', ')}. On Debian: apt-get install ${missing.join(' ')} (then: systemctl disable --now patroni etcd postgresql)`,
  );
  process.exit(2);
}
const env = { ...process.env, FLOW_TEST_HA: String(kills), FLOW_TEST_POSTGRES_BIN: `${SERVERS}/${newest}/bin` };
const child = spawn('npx', ['vitest', 'run', '--project', 'platform', 'server/test/ha/patroni.test.ts'], { stdio: 'inherit', env });
child.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
