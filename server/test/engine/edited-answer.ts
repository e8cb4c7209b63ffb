import type { Answer } from './test-executor.ts';

/** What an edit makes of an answer: another value, sometimes of another length; a failure repaired; a result withdrawn. Routes stay. */
export function editedAnswer(before: Answer, draw: (n: number) => number): Answer {
  if (before.status === 'failed') return { status: 'completed', output: { v: 1_000 + draw(1_000), n: draw(4) }, routes: [], items: [] };
  if (draw(8) === 0) return { status: 'failed' };
  return { ...before, output: { v: 1_000 + draw(1_000), n: draw(2) === 0 ? before.output.n : draw(4) } };
}
