// F18: the clock of one process is an hour off. What is due is due by the database's clock.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startFlow } from '../support/flow-program.ts';
import { createFlow, reach, startRun } from '../support/run-flow.ts';
import { receive, startRunningPlatform } from '../support/running-platform.ts';

const HOUR_MS = 3_600_000;
const SKEW = new URL('./skew-clock.ts', import.meta.url).href;
const task = (name: string, executor: string, parameters: object) => ({
  name,
  task_executor_name: executor,
  depends_on: ['receive'],
  parameters,
});

test.each([
  ['fast', HOUR_MS],
  ['slow', -HOUR_MS],
])('F18: a worker whose clock is an hour %s ends delays and waits neither early nor late', { timeout: 120_000 }, async (_how, skewMs) => {
  const { platform, user, fileKey } = await startRunningPlatform();
  const worker = startFlow(['worker', '--workers', '1'], {
    env: {
      DATABASE_URL: platform.ownerUrl,
      FLOW_ENCRYPTION_KEY: platform.config.encryptionKey.toString('hex'),
      FLOW_DATA_DIR: platform.config.dataDir,
      FLOW_FILES: platform.config.files,
      NODE_OPTIONS: `--import=${SKEW}`,
      FLOW_TEST_CLOCK_SKEW_MS: String(skewMs),
    },
  });
  try {
    const flowId = await createFlow(user, [
      receive,
      task('timer', 'delay', { duration: '3s' }), // longer than a worker holds one: a row that is woken
      task('held', 'delay', { duration: '900ms' }),
      task('wait', 'webhook_receiver', { timeout: '2s', on_timeout: 'route' }),
    ]);
    const { id } = await startRun(user, flowId, { file_key: fileKey });
    await expect
      .poll(async () => (await user.get(`/api/flow-executions/${id}`)).body.status, { timeout: 60_000, interval: 100 })
      .toBe('completed');
    const rows = await platform.engineDb.query<{ task: number; ms: number }>(
      'took',
      'select task, extract(epoch from completed_at - started_at)::float8 * 1000 as ms from task_executions where execution_id = $1 and task > 0 order by task',
      [id],
    );
    const [timer = 0, held = 0, wait = 0] = rows.map(({ ms }) => ms);
    expect(timer).toBeGreaterThanOrEqual(2_950); // a clock is exact to the time that a question takes
    expect(held).toBeGreaterThanOrEqual(850);
    expect(wait).toBeGreaterThanOrEqual(1_950);
    await reach(user, id, 'completed');
  } finally {
    worker.interrupt('SIGTERM');
    await worker.exit;
    await platform.close();
  }
});

/** Where the clock of the machine is read although the rule is that it decides nothing: what people are shown, never what is done. */
const SHOWN_ONLY: Record<string, string> = {
  'engine/edit-task.ts': 'says when an output went stale',
  'worker/log-writer.ts': 'says when a line was logged',
};

test('F18: nothing in the engine, the worker or an executor reads the clock of the machine, but for what is only shown', () => {
  const source = fileURLToPath(new URL('../../src', import.meta.url));
  const readers = ['engine', 'worker', 'executors'].flatMap((folder) =>
    readdirSync(`${source}/${folder}`, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !path.includes('testing/'))
      .map((path) => `${folder}/${path}`)
      .filter((path) => /Date\.now\(|new Date\(\)/.test(readFileSync(`${source}/${path}`, 'utf8'))),
  );
  expect(readers.sort()).toEqual(Object.keys(SHOWN_ONLY));
});
