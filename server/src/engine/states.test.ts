import { expect, test } from 'vitest';
import {
  EXECUTION_MOVES,
  EXECUTION_STATUSES,
  FINAL_TASK_STATUSES,
  isEnded,
  isFinalTask,
  isLegalTaskMove,
  TASK_MOVES,
  TASK_STATUSES,
  type TaskStatus,
} from './states.ts';

test('every status has its moves, to statuses that there are', () => {
  expect(Object.keys(TASK_MOVES).sort()).toEqual([...TASK_STATUSES, 'none'].sort());
  expect(Object.keys(EXECUTION_MOVES).sort()).toEqual([...EXECUTION_STATUSES].sort());
  for (const moves of Object.values(TASK_MOVES)) for (const to of moves) expect(TASK_STATUSES).toContain(to);
});

test('a final task has no exit, and from every other one a final one can be reached', () => {
  expect(TASK_STATUSES.filter(isFinalTask).sort()).toEqual([...FINAL_TASK_STATUSES].sort());
  for (const status of TASK_STATUSES.filter((s) => !isFinalTask(s))) {
    const reached = new Set<TaskStatus>([status]);
    for (const from of reached) for (const to of TASK_MOVES[from]) reached.add(to);
    expect([...reached].some(isFinalTask), status).toBe(true);
  }
});

test('nothing leaves waiting for running: an event settles it, a cancel makes it ready', () => {
  expect(isLegalTaskMove('awaiting_input', 'running')).toBe(false);
  expect(EXECUTION_STATUSES.filter(isEnded)).toEqual(['completed', 'failed', 'cancelled']);
});
