import { expect, test } from 'vitest';
import type { ChildRun, TaskFlows } from '../contract.ts';
import { contextOf } from '../testing/executor-context.ts';
import { runFlow } from './run-flow.ts';

const CHILD = '01900000-0000-7000-8000-000000000001';
const child = (more: Partial<ChildRun>): ChildRun => ({ flowExecutionId: CHILD, status: 'running', outputs: {}, ...more });
const flowsOf = (run: ChildRun): TaskFlows => ({ start: async () => ({ run }) });
const attempt = (run: ChildRun, parameters = {}) => runFlow.run({ flow_name: 'other', ...parameters }, contextOf({ flows: flowsOf(run) }));

test.each(['queued', 'running', 'awaiting_input', 'cancel_requested'] as const)(
  'waits as a row while the other run is %s',
  async (status) => {
    expect(await attempt(child({ status }))).toMatchObject({
      status: 'awaiting_input',
      checkpoint: { flow_execution_id: CHILD },
      until: expect.any(Date),
    });
  },
);

test('gives what the other run gave', async () => {
  expect(await attempt(child({ status: 'completed', outputs: { summary: { text: 'a' } } }))).toEqual({
    status: 'completed',
    output: { flow_execution_id: CHILD, status: 'completed', outputs: { summary: { text: 'a' } } },
  });
});

test('only starts it with wait: false', async () => {
  expect(await attempt(child({ status: 'queued' }), { wait: false })).toEqual({
    status: 'completed',
    output: { flow_execution_id: CHILD, status: 'queued', outputs: {} },
  });
});

test('fails as the other run failed, and is not tried again: it would find the same run', async () => {
  const error = { taskName: 'read', message: 'no text', record: { code: 'no_text', message: 'no text' } };
  expect(await attempt(child({ status: 'failed', error }))).toMatchObject({
    status: 'failed',
    error: { code: 'flow_failed', retryable: false, details: { flow_execution_id: CHILD, task_name: 'read', error: { code: 'no_text' } } },
  });
  expect(await attempt(child({ status: 'cancelled' }))).toMatchObject({ status: 'failed', error: { code: 'flow_cancelled' } });
});

test('a refusal is its failure', async () => {
  const flows: TaskFlows = {
    start: async () => ({ refused: { code: 'flow_not_found', message: 'There is no such flow', retryable: false } }),
  };
  expect(await runFlow.run({ flow_id: CHILD }, contextOf({ flows }))).toMatchObject({
    status: 'failed',
    error: { code: 'flow_not_found' },
  });
});

test.each([[{}], [{ flow_id: 'a', flow_name: 'b' }], [{ flow_name: 'b', input: [] }], [{ flow_name: 'b', wait: 'yes' }]])(
  '%j is refused',
  async (parameters) => {
    expect(await runFlow.run(parameters, contextOf())).toMatchObject({ status: 'failed', error: { code: 'invalid_parameters' } });
  },
);
