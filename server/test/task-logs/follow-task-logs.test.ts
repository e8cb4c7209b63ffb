import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runFlow, startFlow } from '../support/flow-program.ts';
import { reach } from '../support/run-flow.ts';
import { type RunningPlatform, startRunningPlatform } from '../support/running-platform.ts';
import { seedExecution, seedFlow, seedTask } from '../support/seed-run.ts';
import { startTestPlatform } from '../support/test-platform.ts';
import { taskRows } from '../worker/model-flow.ts';
import type { Work } from '../worker/test-worker.ts';
import { startTalking } from './talking-task.ts';

let running: RunningPlatform;
beforeAll(async () => {
  running = await startRunningPlatform();
});
afterAll(() => running.platform.close());

const start = (work: Work, options: Parameters<typeof startTalking>[2] = {}) => startTalking(running, work, options);

/** The events of a stream, as they come. */
async function* eventsOf(response: Response): AsyncGenerator<{ id?: string; event?: string; data?: string }> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) yield Object.fromEntries(part.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2)));
  }
}

const follow = (id: string, headers: Record<string, string> = {}) =>
  running.user.fetch(`/api/task-executions/${id}/logs`, { headers: { Accept: 'text/event-stream', ...headers } });

describe('a log that is followed', () => {
  /** A task that says a word each time it is told to, and ends at the last. */
  function prompted() {
    const prompts: (() => void)[] = [];
    let waiting = Promise.withResolvers<void>();
    const work: Work = async (_, { log }) => {
      for (const word of ['one', 'two', 'three']) {
        log.info(word);
        if (word !== 'three')
          await new Promise<void>((resolve) => {
            prompts.push(resolve);
            waiting.resolve();
          });
      }
      return { status: 'completed', output: 1 };
    };
    return {
      work,
      async next() {
        await waiting.promise;
        waiting = Promise.withResolvers();
        prompts.shift()?.();
      },
    };
  }

  test('comes line by line while the task runs, ends with it, and goes on where it broke off', async () => {
    const { work, next } = prompted();
    const { id, taskId } = await start(work);
    await expect.poll(async () => (await taskRows(running.user, id, 'talk')).length, { timeout: 10_000 }).toBe(1);
    const task = await taskId();
    const response = await follow(task);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const words: string[] = [];
    const ids: string[] = [];
    let end: string | undefined;
    for await (const { event, data, id: at } of eventsOf(response)) {
      if (event === 'end') end = data;
      if (event !== 'log') continue;
      words.push(JSON.parse(data ?? '').message);
      ids.push(at ?? '');
      if (words.length < 3) await next(); // the next word is said only when this one has been read
    }
    expect(words).toEqual(['one', 'two', 'three']);
    expect(end).toBe('{"processing_status":"completed"}');

    const later: unknown[] = [];
    for await (const event of eventsOf(await follow(task, { 'Last-Event-ID': ids[0] as string }))) later.push(event.event);
    expect(later).toEqual([undefined, 'log', 'log', 'end']);
  });

  test('ends when the platform closes, however long the task goes on', async () => {
    const platform = await startTestPlatform();
    const user = await platform.as('app_user');
    const flow = await seedFlow(platform.engineDb, platform.a.id);
    const executionId = await seedExecution(platform.engineDb, flow);
    const id = await seedTask(platform.engineDb, flow, executionId, { status: 'running', completedAt: null });
    const response = await user.fetch(`/api/task-executions/${id}/logs`, { headers: { Accept: 'text/event-stream' } });
    const stream = eventsOf(response);
    await stream.next(); // it has begun
    const closed = platform.close();
    expect((await stream.next()).done).toBe(true);
    await closed;
  });
});

describe('flow logs', () => {
  const settings = async () => ({
    FLOW_SERVER: running.platform.url,
    FLOW_API_KEY: (await running.platform.as('admin_service_account')).token,
  });

  test('shows what a run logged, or one task, from a level on', async () => {
    const { id, taskId } = await start((_, { log }) => {
      log.info({ pages: 2 }, 'read');
      log.warn('hardly legible');
      return { status: 'completed', output: 1 };
    });
    await reach(running.user, id, 'completed');
    const env = await settings();
    const all = await runFlow(['logs', id], { env });
    expect(all.stdout).toMatch(/^\d\d:\d\d:\d\d\.\d{3} info {2}talk: read \{"pages":2\}\n\S+ warn {2}talk: hardly legible\n$/);
    const one = await runFlow(['logs', await taskId(), '--level', 'warn', '--json'], { env });
    expect(JSON.parse(one.stdout)).toMatchObject({ task: 'talk', level: 'warn', message: 'hardly legible', attempt: 1 });
    const none = await runFlow(['logs', '01a20d5c-b5a7-736e-b3a9-b248829eb983'], { env });
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('not found')]);
  });

  test('follows a run to its end', async () => {
    const told = Promise.withResolvers<void>();
    const { id } = await start(async (_, { log }) => {
      log.info('before');
      await told.promise;
      log.info('after');
      return { status: 'completed', output: 1 };
    });
    const following = startFlow(['logs', id, '--follow'], { env: await settings() });
    await following.says('before');
    told.resolve();
    expect(await following.exit).toBe(0);
    expect(following.output.stdout).toMatch(/before\n.*after\n$/);
  });
});
