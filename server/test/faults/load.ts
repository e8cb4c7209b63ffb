import { setTimeout as sleep } from 'node:timers/promises';
import { type Id, newId } from '#base';
import { createFlow, uploadText } from '../support/run-flow.ts';
import type { TestClient } from '../support/test-client.ts';
import type { Installation } from './installation.ts';

/** Of the load's flow: one effect outside, between two tasks without. */
const TASKS = (sink: string) => [
  { name: 'receive', task_executor_name: 'receive_file', parameters: {} },
  { name: 'pause', task_executor_name: 'delay', depends_on: ['receive'], parameters: { duration: '100ms' } },
  {
    name: 'effect',
    task_executor_name: 'http_request',
    depends_on: ['pause'],
    parameters: { method: 'POST', url: sink, json: '{{execution.id}}' },
    retry: { max_attempts: 5, initial_interval: '200ms' },
  },
  { name: 'sum', task_executor_name: 'format_data', parameters: { fields: { n: 'effect.status' } } },
];
const TASKS_PER_RUN = 4;
const BETWEEN_TRIES_MS = 50;
const GIVE_UP_MS = 120_000; // a database that is not back by then is not coming

export interface LoadOptions {
  installation: Installation;
  /** Whom to ask at this try: the first is 0. */
  client(tries: number): TestClient | undefined;
  /** Tries after the first. */
  retries: number;
  /** Whether a try may end in no answer at all. */
  mayRefuse: boolean;
  callers: number;
}

/** Callers that start runs, one after the other, each under a key of its own, and ask again where no run was made. */
export class Load {
  readonly #options: LoadOptions;
  readonly problems: string[] = [];
  readonly acknowledged: Id[] = [];
  /** Requests that were not answered with 201. */
  retried = 0;
  #stopped = false;
  #callers: Promise<void>[] = [];
  #flowId = '';
  #fileKey = '';

  constructor(options: LoadOptions) {
    this.#options = options;
  }

  async begin(client: TestClient): Promise<void> {
    this.#flowId = await createFlow(client, TASKS(this.#options.installation.sink.url));
    this.#fileKey = (await uploadText(client, this.#flowId)).file_key;
    this.#callers = Array.from({ length: this.#options.callers }, () => this.#call());
  }

  async end(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#callers);
  }

  async #call(): Promise<void> {
    while (!this.#stopped) {
      await this.#start();
      await sleep(20);
    }
  }

  async #start(): Promise<void> {
    const headers = { 'Idempotency-Key': newId() };
    const body = { flow_id: this.#flowId, input: { file_key: this.#fileKey } };
    const until = performance.now() + GIVE_UP_MS;
    for (let tries = 0; tries <= this.#options.retries && performance.now() < until; tries++) {
      if (tries > 0) this.retried++;
      const answer = await this.#options
        .client(tries)
        ?.post('/api/flow-executions', body, headers)
        .catch((error: Error) => error);
      if (answer !== undefined && !(answer instanceof Error) && answer.status === 201) {
        this.acknowledged.push(answer.body.id);
        return;
      }
      this.#judge(answer);
      await sleep(BETWEEN_TRIES_MS);
    }
    this.problems.push(`a request failed ${this.#options.retries} times after the first`);
  }

  /** 503 says when to come again, 409 that the first request with the key is still under way; anything else is nobody's business. */
  #judge(answer: Awaited<ReturnType<TestClient['post']>> | Error | undefined): void {
    if (answer === undefined || answer instanceof Error) {
      if (!this.#options.mayRefuse) this.problems.push(`no answer: ${answer?.cause ?? answer}`);
      return;
    }
    const isSaid = answer.status === 503 && Number(answer.headers.get('retry-after')) > 0;
    if (!isSaid && answer.status !== 409)
      this.problems.push(`${answer.status}, Retry-After ${answer.headers.get('retry-after')}: ${JSON.stringify(answer.body)}`);
  }

  /** Waits until all runs have ended, and tells what is not as it was acknowledged. `timeoutMs` at most. */
  async check(timeoutMs: number): Promise<string[]> {
    const { installation } = this.#options;
    const open = `select count(*)::int as n from flow_executions where status in ('queued', 'running', 'waiting', 'cancel_requested')`;
    for (const until = Date.now() + timeoutMs; Date.now() < until; await sleep(200)) {
      const [row] = await installation.asOwner(open);
      if (row?.['n'] === 0) break;
    }
    const runs = await installation.asOwner('select id, status from flow_executions');
    const tasks = await installation.asOwner(`select count(*)::int as n from task_executions where status = 'completed'`);
    const statuses = new Map(runs.map(({ id, status }) => [id, status]));
    const wrong = this.acknowledged.filter((id) => statuses.get(id) !== 'completed');
    const { sink } = installation;
    return [
      ...this.problems,
      ...wrong.slice(0, 5).map((id) => `${id} was acknowledged and is ${statuses.get(id) ?? 'not there'} (${wrong.length} such)`),
      ...(runs.length === this.acknowledged.length ? [] : [`${runs.length} runs of ${this.acknowledged.length} that were acknowledged`]),
      ...(tasks[0]?.['n'] === runs.length * TASKS_PER_RUN ? [] : [`${tasks[0]?.['n']} tasks completed of ${runs.length} runs`]),
      ...(sink.bodies.size === runs.length ? [] : [`${sink.bodies.size} effects of ${runs.length}`]),
      ...sink.problems(),
    ];
  }
}
