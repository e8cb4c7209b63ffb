import { setTimeout as wait } from 'node:timers/promises';
import { newId } from '#base';
import type { EngineDatabase } from '#db';
import type { TestClient, TestResponse } from '../support/test-client.ts';

/** Work as an organization has it: chains, fan-outs that come together, a flow within a flow, timers, edits, cancels; asked for as a careful client asks. */
export interface MixedWork {
  /** Starts `n` runs, and edits or cancels some; answers when each call was answered. */
  wave(n: number): Promise<void>;
  /** What is wrong with what has ended; waits for the end of all for so long. */
  problems(withinMs: number): Promise<string[]>;
  runs: number;
  tasks: number;
}

const TASKS_OF_RUN = 12;
const ITEMS = [1, 2, 3, 4];
const receive = { name: 'receive', task_executor_name: 'receive_file', parameters: {} };
const child = [receive, { name: 'name', task_executor_name: 'format_data', depends_on: ['receive'], parameters: { fields: { n: '7' } } }];
const parent = (childId: string) => [
  receive,
  { name: 'pause', task_executor_name: 'delay', depends_on: ['receive'], parameters: { duration: '5ms' }, retry: { max_attempts: 5 } },
  {
    name: 'each',
    task_executor_name: 'format_data',
    for_each: '{{input.metadata.list}}',
    depends_on: ['pause'],
    parameters: { fields: { n: 'item * 10' } },
  },
  { name: 'wait', task_executor_name: 'delay', reference_modes: { each: 'single' }, parameters: { duration: '{{each.n}}ms' } },
  {
    name: 'sum',
    task_executor_name: 'format_data',
    depends_on: ['wait'],
    reference_modes: { wait: 'collection', each: 'collection' },
    parameters: { fields: { all: 'each.map(e, e.n)' } },
  },
  {
    name: 'call',
    task_executor_name: 'run_flow',
    depends_on: ['sum'],
    parameters: { flow_id: childId, input: { file_key: '{{receive.document_url}}' } },
  },
];

/** Asks until the answer is no "come back later", as a client with a key may. */
export async function insist(ask: () => Promise<TestResponse>): Promise<TestResponse> {
  for (let tries = 0; ; tries++) {
    const answer = await ask();
    if (![409, 503].includes(answer.status) || tries === 200) return answer;
    await wait(20 + Math.random() * 50);
  }
}

export async function createMixedWork(given: {
  user: TestClient;
  fileKey: string;
  direct: EngineDatabase;
  draw: (n: number) => number;
}): Promise<MixedWork> {
  const { user, fileKey, direct, draw } = given;
  const create = async (tasks: unknown[]) => {
    const key = { 'Idempotency-Key': newId() };
    const answer = await insist(() => user.post('/api/flows', { display_name: newId(), definition: { name: 'mixed', tasks } }, key));
    if (answer.status !== 201) throw new Error(`the flow was answered ${answer.status} ${JSON.stringify(answer.body)}`);
    return (answer.body as { id: string }).id;
  };
  const flowId = await create(parent(await create(child)));
  const started: { id: string; isCancelled: boolean }[] = [];
  const refused: string[] = [];

  const start = async () => {
    const key = { 'Idempotency-Key': newId() };
    const body = { flow_id: flowId, input: { file_key: fileKey, metadata: { list: ITEMS } } };
    const answer = await insist(() => user.post('/api/flow-executions', body, key));
    if (answer.status !== 201) return void refused.push(`a start was answered ${answer.status} ${JSON.stringify(answer.body)}`);
    const run = { id: (answer.body as { id: string }).id, isCancelled: draw(12) === 0 };
    started.push(run);
    if (run.isCancelled) await cancel(run.id);
    const read = await insist(() => user.get(`/api/flow-executions/${run.id}`));
    if (read.status !== 200) refused.push(`a read was answered ${read.status} ${JSON.stringify(read.body)}`);
  };
  /** Whether a lost one was heard is seen by asking again: then it is a conflict. */
  const cancel = async (id: string) => {
    const path = `/api/flow-executions/${id}/cancel`;
    for (let tries = 0; tries < 200; tries++) {
      const { status, body } = await user.post(path, {});
      if ([204, 409].includes(status)) return;
      if (status !== 503) return void refused.push(`a cancel was answered ${status} ${JSON.stringify(body)}`);
    }
  };

  return {
    get runs() {
      return started.length;
    },
    get tasks() {
      return started.length * TASKS_OF_RUN;
    },
    wave: async (n) => {
      await Promise.all(Array.from({ length: n }, start));
    },
    problems: async (withinMs) => [...refused, ...(await listProblems(direct, started, withinMs))],
  };
}

async function listProblems(
  direct: EngineDatabase,
  started: readonly { id: string; isCancelled: boolean }[],
  withinMs: number,
): Promise<string[]> {
  const ids = started.map(({ id }) => id);
  const open = `select id, status from flow_executions where status not in ('completed', 'failed', 'cancelled')`;
  const endsAt = performance.now() + withinMs;
  let left = await direct.query<{ id: string; status: string }>('open', open, []);
  while (left.length > 0 && performance.now() < endsAt) {
    await wait(100);
    left = await direct.query('open', open, []);
  }
  const mayBeCancelled = new Set(started.filter(({ isCancelled }) => isCancelled).map(({ id }) => id));
  const ends = await direct.query<{ id: string; status: string; rows: number; sum: string | null }>(
    'ends',
    `select e.id, e.status, count(t.id)::int as rows, max(t.output ->> 'all') as sum from flow_executions e
       join task_executions t on t.organization_id = e.organization_id and t.execution_id = e.id where e.id = any($1::uuid[]) group by e.id, e.status`,
    [ids],
  );
  const wrong = ends.filter(({ id, status, sum }) => {
    if (status === 'cancelled') return !mayBeCancelled.has(id);
    return status !== 'completed' || sum?.replaceAll(/\s/g, '') !== JSON.stringify(ITEMS.map((n) => n * 10));
  });
  return [
    ...left.map(({ id, status }) => `run ${id} is still ${status}`),
    ...wrong.map((end) => `run ${end.id} has ended ${JSON.stringify(end)}`),
    ...(ends.length === ids.length ? [] : [`${ids.length} runs were acknowledged, ${ends.length} are there`]),
  ];
}
