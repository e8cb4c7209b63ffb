import { styleText } from 'node:util';
import { defineCommand } from 'citty';
import { createLog, readConfig } from '#base';
import { openDatabase } from '#platform';
import { createStateReader, judge, unreadable, type Verdict } from '#telemetry';
import { guarded } from './report-failure.ts';

const WORDS = { healthy: 'green', degraded: 'yellow', failing: 'red' } as const;

/** `flow admin health`: the verdict over all organizations, straight from the database; exits 1 unless all is well, so that a script may ask. */
export const health = defineCommand({
  meta: { name: 'health', description: 'Say whether work flows and succeeds, what waits longest, who is silent' },
  args: {
    data: { type: 'string', description: 'Data folder (FLOW_DATA_DIR, .flow)' },
    json: { type: 'boolean', description: 'Print as JSON' },
  },
  run: guarded(async ({ args }) => {
    const config = readConfig(process.env, { dataDir: args.data });
    const log = createLog({ level: 'error' });
    const database = await openDatabase(config, log);
    try {
      const state = await createStateReader(database.engineDb, { log })
        .read()
        .catch(() => undefined);
      const verdict = state === undefined ? unreadable() : judge(state, { unheardMs: 0 });
      process.stdout.write(args.json ? `${JSON.stringify(verdict)}\n` : describe(verdict));
      process.exitCode = verdict.verdict === 'healthy' ? 0 : 1;
    } finally {
      await database.close();
    }
  }),
});

function describe({ verdict, flowing, succeeding, oldest_waiting: oldest, silent }: Verdict): string {
  const claim = flowing.seconds_since_claim === null ? 'no worker has claimed anything' : `last claim ${flowing.seconds_since_claim} s ago`;
  const lines = [
    line(flowing.ok, 'Flowing', `${flowing.ready} tasks ready, ${flowing.workers_alive} workers alive, ${claim}`),
    line(
      succeeding.ok,
      'Succeeding',
      `${succeeding.completed} runs completed, ${succeeding.failed} failed of those begun in ${succeeding.window_seconds / 60} minutes`,
    ),
    line(oldest.ok, 'Waiting', `the oldest ready task for ${oldest.ready_seconds} s, the oldest queued run for ${oldest.queued_seconds} s`),
    ...silent.map(({ what, seconds, says }) => line(false, `Silent: ${what}`, `for ${seconds} s. ${says}`)),
  ];
  return `${styleText(WORDS[verdict], verdict)}\n${lines.join('')}`;
}

const line = (ok: boolean, what: string, says: string): string =>
  `${ok ? styleText('green', '✔') : styleText('red', '✖')} ${what}: ${says}\n`;
