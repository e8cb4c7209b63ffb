import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createLog, newId } from '#base';
import { roleUrl } from '#db';
import { createEngine } from '#engine';
import { parseDefinition, planFlow } from '#language';
import { createPlans, limitedExecutors } from '#worker';
import { receive, startRunningPlatform } from '../support/running-platform.ts';
import { seedFlow } from '../support/seed-run.ts';
import { withEffect } from './crash-worker.ts';
import { type RunningChild, startChild } from './start-child.ts';

const LIMIT = 2;
const TASKS = 50;
const KILLS = 3;

/** Holds each call for a while, and knows how many it held at once. A call ends with its caller, too. */
async function startGauge() {
  const seen = { active: 0, most: 0, done: 0 };
  const server = createServer((_, response) => {
    seen.most = Math.max(seen.most, ++seen.active);
    const timer = setTimeout(() => {
      seen.done++;
      response.end('1');
    }, 100);
    response.once('close', () => {
      clearTimeout(timer);
      seen.active--;
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { seen, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

test('fifty tasks with a limit of two, whose workers are killed: never more than two at once, and all of them end', {
  timeout: 120_000,
}, async () => {
  const { platform, user, fileKey } = await startRunningPlatform();
  const gauge = await startGauge();
  const alive: RunningChild[] = [];
  onTestFinished(async () => {
    for (const child of alive) child.process.kill('SIGKILL');
    gauge.close();
    await platform.close();
  });
  const items = {
    name: 'work',
    task_executor_name: 'effect',
    depends_on: ['receive'],
    for_each: Array.from({ length: TASKS }, (_, i) => i),
    parameters: { sink: '{{input.metadata.sink}}', body: '{{item}}', wait_ms: 1 },
    concurrency: { key: 'gauge', limit: LIMIT },
  };
  const definition = { name: 'flow', tasks: [receive, items] };
  const planned = planFlow(parseDefinition(definition).definition, withEffect);
  if ('faults' in planned) throw new Error(JSON.stringify(planned.faults));
  const flow = await seedFlow(platform.engineDb, platform.a.id, { tasks: planned.plan.tasks, definition });
  const plans = createPlans({ db: platform.engineDb, catalogue: withEffect });
  const log = createLog({ level: 'silent' });
  const limited = limitedExecutors(withEffect);
  const engine = createEngine({ db: platform.engineDb, plans: plans.load, events: platform.events, log, limitedExecutors: limited });
  const id = newId();
  await engine.start(platform.a.id, {
    ...flow,
    id,
    flowVersion: 1,
    inputTaskName: 'receive',
    input: { file_key: fileKey, metadata: { sink: gauge.url } },
    triggeredTaskExecutorName: null,
    triggeredBy: 'test',
    modifiedBy: 'test',
  });
  const begin = async () => {
    alive.push(await startChild(roleUrl(platform.ownerUrl, 'flow_engine', platform.config.encryptionKey), platform.config.dataDir));
  };
  await Promise.all([begin(), begin()]);
  for (let kills = 0; kills < KILLS; kills++) {
    const before = gauge.seen.done;
    await expect.poll(() => gauge.seen.done, { timeout: 30_000 }).toBeGreaterThan(before + 2);
    const victim = alive.shift();
    victim?.process.kill('SIGKILL');
    await begin();
  }
  await expect
    .poll(async () => (await user.get(`/api/flow-executions/${id}`)).body.status, { timeout: 90_000, interval: 100 })
    .toBe('completed');
  expect(gauge.seen.most).toBe(LIMIT);
  expect(gauge.seen.done).toBeGreaterThanOrEqual(TASKS);
});
