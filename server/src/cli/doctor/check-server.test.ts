import { expect, test } from 'vitest';
import { judgeServer, type ServerFacts, type WorkFacts } from './check-server.ts';

const WELL: ServerFacts & WorkFacts = {
  version: 180_004,
  versionText: '18.4',
  settings: {
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
    autovacuum: 'on',
    track_counts: 'on',
    max_connections: '100',
    superuser_reserved_connections: '3',
  },
  mayMakeRoles: true,
  liveWorkers: 2,
  readyTasks: 5,
  skewMs: -120,
  backends: [101, 102],
};
const withSettings = (settings: Record<string, string>) => ({ settings: { ...WELL.settings, ...settings } });

test('a server that is well gives no complaint', () => {
  expect(judgeServer(WELL).filter(({ ok }) => !ok)).toEqual([]);
});

test.each<[string, Partial<ServerFacts & WorkFacts>, string, RegExp]>([
  ['an old release', { version: 140_020, versionText: '14.20' }, 'PostgreSQL release', /needs 15 or newer/],
  ['a minor release with a known hole', { version: 170_005, versionText: '17.5' }, 'PostgreSQL release', /CVE-2025-8713.*install 17\.6/],
  [
    'writes that need not reach the disk',
    withSettings({ fsync: 'off', synchronous_commit: 'off' }),
    'Durability',
    /^fsync, synchronous_commit off/,
  ],
  ['no vacuum', withSettings({ autovacuum: 'off' }), 'Autovacuum', /set it to on/],
  [
    'too few connections',
    { ...withSettings({ max_connections: '60' }), liveWorkers: 4 },
    'Connections',
    /leaves 57 for 4 processes.*set it to 108/,
  ],
  ['a pooler by transaction', { backends: [101, 101] }, 'Connections', /pool by session/],
  ['a clock that is off', { skewMs: 90_000 }, 'Clock', /90\.0 s.*NTP/],
  ['a login that may not make roles', { mayMakeRoles: false }, 'Database login', /CREATEROLE/],
  ['work without workers', { liveWorkers: 0 }, 'Workers', /5 tasks are ready and no worker is alive: start/],
])('%s is told, with what to do', (_, facts, what, says) => {
  const wrong = judgeServer({ ...WELL, ...facts }).filter(({ ok }) => !ok);
  expect(wrong).toEqual([{ what, ok: false, says: expect.stringMatching(says) }]);
});
