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
import { withEffect } from './effect.ts';
import { Processes } from './processes.ts';

const LIMIT = 2;
const TASKS = 50;
const KILLS = 3;

/** Holds each call until as many are let go, and knows how many it held at once. A call ends with its caller, too. */
async function startGauge() {
  const seen = { active: 0, most: 0, done: 0 };
  const held: (() => void)[] = [];
  let mayGo = 0;
  const letGo = (calls: number) => {
    mayGo += calls;
    for (const go of held.splice(0, mayGo)) {
      mayGo--;
      go();
    }
  };
  const server = createServer((_, response) => {
    seen.most = Math.max(seen.most, ++seen.active);
    const go = () => {
      seen.done++;
      seen.active--; // now: who is answered may call again before this end hears that the answer has gone
      response.end('1');
    };
    response.once('close', () => {
      if (!held.includes(go)) return;
      held.splice(held.indexOf(go), 1);
      seen.active--;
    });
    held.push(go);
    letGo(0);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { seen, letGo, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

test('fifty tasks with a limit of two, whose workers are killed: never more than two at once, and all of them end', {
  timeout: 300_000,
}, async () => {
  const { platform, user, fileKey } = await startRunningPlatform();
  const gauge = await startGauge();
  const engineUrl = roleUrl(platform.ownerUrl, 'flow_engine', platform.config.encryptionKey);
  const processes = new Processes({ engineUrl, dataDir: platform.config.dataDir });
  onTestFinished(async () => {
    await processes.endAll();
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
  const alive = await Promise.all([processes.startWorker(), processes.startWorker()]);
  for (let kills = 0; kills < KILLS; kills++) {
    gauge.letGo(3);
    await expect.poll(() => gauge.seen, { timeout: 60_000 }).toMatchObject({ active: LIMIT, done: 3 * (kills + 1) });
    alive.shift()?.process.kill('SIGKILL');
    alive.push(await processes.startWorker());
  }
  gauge.letGo(2 * TASKS);
  await expect
    .poll(async () => (await user.get(`/api/flow-executions/${id}`)).body.status, { timeout: 120_000, interval: 100 })
    .toBe('completed');
  expect(gauge.seen.most).toBe(LIMIT);
  expect(gauge.seen.done).toBeGreaterThanOrEqual(TASKS);
});
