import { expect, test } from 'vitest';
import { newId } from '#base';
import type { ProcessingStatus } from '../wire/statuses.ts';
import { takeReports } from './take-reports.ts';

test.each<[string, ProcessingStatus | undefined, (string | null)[], string[], (string | null)[], (string | undefined)[]]>([
  [
    'words are taken in order',
    'running',
    ['running', 'completed'],
    ['running', 'completed'],
    ['running', 'completed'],
    [undefined, 'completed'],
  ],
  ['what waits is settled', 'awaiting_input', ['success'], ['completed'], ['completed'], ['completed']],
  [
    'what waits is settled once',
    'awaiting_input',
    ['failed', 'completed'],
    ['failed', 'completed'],
    ['failed', 'completed'],
    ['failed', undefined],
  ],
  ['a task that has not begun is queued', undefined, [null, 'running'], ['queued', 'running'], [null, 'running'], [undefined, undefined]],
  [
    'an unknown word is history',
    'awaiting_input',
    ['exploded', null],
    ['awaiting_input', 'awaiting_input'],
    [null, null],
    [undefined, undefined],
  ],
  [
    'a settled task is not opened again',
    'completed',
    ['running', 'awaiting_input'],
    ['completed', 'completed'],
    [null, null],
    [undefined, undefined],
  ],
  [
    'after it was settled, unknown words find it so',
    'awaiting_input',
    ['skipped', 'what'],
    ['completed', 'completed'],
    ['completed', null],
    ['completed', undefined],
  ],
])('C15: %s', (_, state, words, statuses, kept, settles) => {
  const taken = takeReports(
    newId(),
    words.map((status) => ({ task_name: 'ask', status })),
    new Map(state === undefined ? [] : [['ask', state]]),
  );
  expect(taken.map(({ status }) => status)).toEqual(statuses);
  expect(taken.map(({ report }) => report.processingStatus)).toEqual(kept);
  expect(taken.map((each) => each.settles)).toEqual(settles);
  expect(taken.map(({ report }) => report.rawStatus)).toEqual(words);
});
