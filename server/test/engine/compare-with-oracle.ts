import type { Pool } from 'pg';
import type { TestFlow } from './engine-fixture.ts';
import { oracle, type Pinned } from './oracle.ts';
import type { Subject } from './storm-subject.ts';

/** What differs between an execution that has ended and what the oracle says of it. In a cancelled one any task may be cancelled or skipped. */
export async function compareWithOracle(admin: Pool, { versions, id, number, cancelled }: Subject, pinned?: Pinned): Promise<string[]> {
  const { rows: executions } = await admin.query('select status, open, awaiting, flow_version_id from flow_executions where id = $1', [id]);
  const { rows } = await admin.query('select task, item, status, output from task_executions where execution_id = $1', [id]);
  const execution = executions[0];
  const { plan } = versions.find(({ versionId }) => versionId === execution.flow_version_id) as TestFlow;
  const expected = oracle(plan, id, pinned);
  const problems: string[] = [];
  const expect = (holds: boolean, ...words: unknown[]) => void (holds || problems.push([`plan ${number}:`, ...words].join(' ')));
  const wasCancelled = execution.status === 'cancelled' && cancelled;
  expect(execution.open === 0 && execution.awaiting === 0, 'counters left', execution.open, execution.awaiting);
  expect(wasCancelled || execution.status === expected.status, 'execution', execution.status, 'oracle', expected.status);
  expect(wasCancelled || rows.length === expected.states.size, 'rows', rows.length, 'oracle', expected.states.size);
  for (const row of rows) {
    if (wasCancelled && (row.status === 'cancelled' || row.status === 'skipped')) continue;
    const place = `${row.task}/${row.item}`;
    const state = expected.states.get(place);
    expect(row.status === state?.status, 'task', place, row.status, 'oracle', state?.status);
    if (row.status !== 'completed' || state?.answer?.status !== 'completed' || plan.tasks[row.task]?.kind === 'gate') continue;
    const { output } = state.answer;
    expect(row.output?.v === output.v, 'output of', place, JSON.stringify(row.output), JSON.stringify(output));
  }
  return problems;
}
