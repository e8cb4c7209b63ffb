// How long does it take to be told what is wrong with a large flow, or that nothing is?
import type { JsonObject } from '../server/src/base/index.ts';
import { catalogue } from '../server/src/executors/index.ts';
import { checkDefinition } from '../server/src/language/index.ts';
import { median } from './measure.ts';
import { judge, type Question } from './question.ts';

const SIZES = { some: 500, many: 2000 };
const WARM_UP = 3;
const SAMPLES = 7;
const READS = 3; // references of a task, to those before it

export const validation: Question = {
  name: 'validation',
  async ask(_server, { rounds }) {
    const measured = { some: [] as number[], many: [] as number[] };
    for (let round = 0; round < rounds; round++) {
      measured.some.push(validate(SIZES.some));
      measured.many.push(validate(SIZES.many));
    }
    const row = (label: string, times: readonly number[]) => [label, times.map((ms) => ms.toFixed(1)).join(' ')];
    return {
      title: 'Validating a definition',
      table: [['', 'ms, by round'], row(`${SIZES.some} tasks`, measured.some), row(`${SIZES.many} tasks`, measured.many)],
      method:
        `A definition of the platform's own executors, each task with a template that reads ${READS} before it, is parsed, checked and planned in ` +
        `process: the median of ${SAMPLES} times after ${WARM_UP}. That it has a plan and no fault is checked.`,
      caveat: 'Milliseconds of this machine, not a ratio.',
      verdicts: [
        judge('validate 500 tasks, ms', median(measured.some), { goal: 50, aim: 20, better: 'lower' }),
        judge('validate 2,000 tasks, ms', median(measured.many), { goal: 400, aim: 80, better: 'lower' }),
      ],
    };
  },
};

function validate(count: number): number {
  const definition = definitionOf(count);
  const times: number[] = [];
  for (let i = 0; i < WARM_UP + SAMPLES; i++) {
    const startedAt = performance.now();
    const checked = checkDefinition(definition, catalogue);
    if (i >= WARM_UP) times.push(performance.now() - startedAt);
    if (!checked.plan || checked.orderedTaskNames?.length !== count)
      throw new Error(`The flow is faulty: ${JSON.stringify(checked.faults[0])}`);
  }
  return median(times);
}

function definitionOf(count: number): JsonObject {
  const steps = Array.from({ length: count - 1 }, (_, i) => {
    const sources = Array.from({ length: Math.min(READS, i + 1) }, (_, back) => i - back);
    return {
      name: `t${i + 1}`,
      task_executor_name: 'format_data',
      parameters: { template: sources.map((source) => `{{ tasks.t${source}.${source === 0 ? 'filename' : 'text'} }}`).join(', ') },
      depends_on: sources.map((source) => `t${source}`),
    };
  });
  return { name: 'Large', tasks: [{ name: 't0', task_executor_name: 'receive_file', parameters: {} }, ...steps] };
}
