import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serviceUnavailable } from '#base';
import type { EngineDatabase } from '#db';
import { reach } from '../support/run-flow.ts';
import { type RunningPlatform, startRunningPlatform } from '../support/running-platform.ts';
import type { TestResponse } from '../support/test-client.ts';
import type { Work } from '../worker/test-worker.ts';
import { startTalking } from './talking-task.ts';

let running: RunningPlatform;
beforeAll(async () => {
  running = await startRunningPlatform();
});
afterAll(() => running.platform.close());

const start = (work: Work, options: Parameters<typeof startTalking>[2] = {}) => startTalking(running, work, options);

async function ended(work: Work, task: Record<string, unknown> = {}): Promise<string> {
  const { id, taskId } = await start(work, { task });
  await reach(running.user, id, 'completed', 'failed');
  return taskId();
}

const logsOf = (id: string, query = '') => running.user.get(`/api/task-executions/${id}/logs${query}`);
const messages = (body: { message: string }[]): string[] => body.map(({ message }) => message);

describe('what an executor logs', () => {
  test('is there when its run has ended, in its order, with its attempt, its level and its fields', async () => {
    const id = await ended(
      (_, { log, attempt }) => {
        log.info({ pages: 3, token: 'x' }, 'read the document');
        log.debug('looked at %d words', 120);
        if (attempt === 1) return { status: 'failed', error: { code: 'busy', message: 'Come again', retryable: true } };
        log.warn({ err: new RangeError('too far') }, 'went on all the same');
        return { status: 'completed', output: 1 };
      },
      { retry: { max_attempts: 2, initial_interval: '10ms' } },
    );
    const { status, body, headers } = await logsOf(id);
    expect([status, headers.get('x-total-count')]).toEqual([200, '6']);
    expect(body[0]).toEqual({
      id: expect.any(String),
      flow_execution_id: expect.any(String),
      task_execution_id: id,
      generation: 0,
      attempt: 1,
      level: 'info',
      message: 'read the document',
      fields: { pages: 3, token: '[redacted]' },
      created_at: expect.stringMatching(/Z$/),
    });
    expect(body.map((line: Record<string, unknown>) => [line['attempt'], line['level'], line['message']])).toEqual([
      [1, 'info', 'read the document'],
      [1, 'debug', 'looked at 120 words'],
      [1, 'warn', 'Come again'],
      [2, 'info', 'read the document'],
      [2, 'debug', 'looked at 120 words'],
      [2, 'warn', 'went on all the same'],
    ]);
    expect(body[2].fields).toEqual({ code: 'busy', retry_in_ms: expect.any(Number) });
    expect(body[5].fields).toEqual({ err: { type: 'RangeError', message: 'too far' } });
  });

  test('is found by level and attempt, in either order, a page at a time', async () => {
    const id = await ended(
      (_, { log, attempt }) => {
        for (const level of ['debug', 'info', 'warn', 'error'] as const) log[level](`${level} ${attempt}`);
        const again = { status: 'failed', error: { code: 'busy', message: 'busy', retryable: true } } as const;
        return attempt === 1 ? again : { status: 'completed', output: 1 };
      },
      { retry: { max_attempts: 2, initial_interval: '10ms' } },
    );
    expect(messages((await logsOf(id, '?level=warn')).body)).toEqual(['warn 1', 'error 1', 'busy', 'warn 2', 'error 2']);
    expect(messages((await logsOf(id, '?attempt=2&order=desc')).body)).toEqual(['error 2', 'warn 2', 'info 2', 'debug 2']);
    const read: string[] = [];
    for (let path: string | undefined = `/api/task-executions/${id}/logs?limit=2&level=info&attempt=1`; path; ) {
      const { body, headers }: TestResponse<{ message: string }[]> = await running.user.get(path);
      expect(headers.get('x-total-count')).toBe('4');
      read.push(...messages(body));
      path = /^<(?:https?:\/\/[^/]+)(.*)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
    }
    expect(read).toEqual(['info 1', 'warn 1', 'error 1', 'busy']);
    for (const query of ['?level=fatal', '?limit=0', '?limit=1001', '?order=up', '?attempt=x', '?starting_after=x'])
      expect((await logsOf(id, query)).status, query).toBe(422);
  });

  test('is bounded: a million lines are a thousand, and one that says so', async () => {
    const id = await ended((_, { log }) => {
      for (let i = 0; i < 1_000_000; i++) log.info({ i }, 'again');
      return { status: 'completed', output: 1 };
    });
    const { body, headers } = await logsOf(id, '?order=desc&limit=1000');
    expect(headers.get('x-total-count')).toBe('1001');
    expect(body[0]).toMatchObject({ level: 'warn', message: expect.stringContaining('More was logged') });
    expect(body[1].fields).toEqual({ i: 999 });
  });

  test('is bounded in bytes, and holds nothing that the database refuses', async () => {
    const id = await ended((_, { log }) => {
      log.info({ text: 'nul \0 half \ud800 whole 😀' }, 'nul \0 half \udc00 whole 😀');
      for (let i = 0; i < 400; i++) log.info('é'.repeat(10_000));
      return { status: 'completed', output: 1 };
    });
    const { body } = await logsOf(id, '?limit=1000');
    expect(body[0]).toMatchObject({ message: 'nul \ufffd half \ufffd whole 😀', fields: { text: 'nul \ufffd half \ufffd whole 😀' } });
    expect(body[1].message).toHaveLength(4_000);
    expect(body.length).toBeLessThan(140);
    expect(body.at(-1).message).toContain('More was logged');
  });

  test.each<[string, Work]>([
    [
      'executor_error',
      () => {
        throw new TypeError('a bug');
      },
    ],
    ['timeout', async (_, { signal }) => (await once(signal, 'abort')) as never],
  ])('says why a task has failed, whatever failed it: %s', async (code, work) => {
    const id = await ended(work, { retry: { max_attempts: 1 }, timeout: '100ms' });
    expect((await logsOf(id)).body).toMatchObject([{ level: 'error', fields: { code } }]);
  });

  test('never costs the task its result: what the database does not take is in the log of the process', async () => {
    const away: EngineDatabase = {
      ...running.platform.engineDb,
      query: (name, ...rest) =>
        name === 'task_logs_insert' ? Promise.reject(serviceUnavailable('away', 1)) : running.platform.engineDb.query(name, ...rest),
    };
    const { id, worker, taskId } = await start(
      (_, { log }) => {
        log.info('said in vain');
        return { status: 'completed', output: 'kept' };
      },
      { db: away },
    );
    await reach(running.user, id, 'completed');
    expect((await logsOf(await taskId())).body).toEqual([]);
    expect(worker.logged).toContainEqual(expect.objectContaining({ msg: 'said in vain', task_execution_id: await taskId(), attempt: 1 }));
    expect(worker.logged).toContainEqual(expect.objectContaining({ msg: 'lines that tasks logged were not stored', lines: 1 }));
  });

  test("is nobody else's, and of no gate", async () => {
    const id = await ended((_, { log }) => {
      log.info('ours');
      return { status: 'completed', output: 1 };
    });
    const stranger = await running.platform.as('org_admin', running.platform.b);
    for (const accept of ['application/json', 'text/event-stream']) {
      const answer = await stranger.get(`/api/task-executions/${id}/logs`, { Accept: accept });
      expect([answer.status, answer.body.error.code]).toEqual([404, 'not_found']);
    }
    expect((await (await running.platform.as('anonymous')).get(`/api/task-executions/${id}/logs`)).status).toBe(401);
  });
});
