import { expect, test } from 'vitest';
import { readStatusWord } from './status-words.ts';

test.each([
  ['queued', 'queued', false],
  ['awaiting_input', 'awaiting_input', false],
  ['Running', 'running', false],
  [' in_progress ', 'running', false],
  ['pending', 'queued', false],
  ['success', 'completed', false],
  ['error', 'failed', false],
  ['canceled', 'cancelled', false],
  ['skipped', 'completed', true],
] as const)('C15: %j is %s', (word, status, skipped) => {
  expect(readStatusWord(word)).toEqual({ status, skipped });
});

test.each(['', 'exploded', 'constructor', '__proto__'])('%j is no status', (word) => {
  expect(readStatusWord(word)).toBeUndefined();
});
