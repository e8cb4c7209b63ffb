// F9, F10: any statement of the API's and the engine's pools fails now and then, by a conflict, a deadlock, a server that ends connections or has none
// left, a network that breaks. What is transient is repeated, within bounds; in the end all has ended, as if nothing had been.
import { drawer } from '../../../src/engine/testing/chance.ts';
import { startCutPlatform } from '../cut-platform.ts';
import { INJECTED_STATES, injectErrors } from '../inject-errors.ts';
import { createMixedWork } from '../mixed-work.ts';
import { type Campaign, type CampaignContext, type CampaignCounts, readHistory } from './campaign.ts';

const SETTLED_WITHIN_MS = 120_000;
const WAVE = 10;
/** A statement that comes more often than this meets each state. */
const OFTEN = 60;

export const campaign: Campaign = {
  name: 'statement-errors',
  faults: ['F9', 'F10'],
  goal: { tasksAtHalfPercent: 20_000, tasksAtTwoPercent: 2_000 },
  inTest: { tasksAtHalfPercent: 500, tasksAtTwoPercent: 300 },
  async run(context) {
    const counts = { tasksAtHalfPercent: 0, tasksAtTwoPercent: 0, injected: 0, statementsMet: 0, violations: 0, historyRows: 0 };
    await phase(context, counts, { figure: 'tasksAtTwoPercent', rate: 0.02, eachOnce: true });
    await phase(context, counts, { figure: 'tasksAtHalfPercent', rate: 0.005, eachOnce: false });
    return counts;
  },
};

type Figure = 'tasksAtHalfPercent' | 'tasksAtTwoPercent';
type Counts = CampaignCounts & Record<Figure | 'injected' | 'statementsMet', number>;

async function phase(
  context: CampaignContext,
  counts: Counts,
  { figure, rate, eachOnce }: { figure: Figure; rate: number; eachOnce: boolean },
): Promise<void> {
  const { seed, deadline, log, goal } = context;
  const errors = injectErrors({ seed, rate, eachOnce });
  const cut = await startCutPlatform({ loops: 2, config: { uniqueFlowNames: false } });
  try {
    const work = await createMixedWork({ ...cut, draw: drawer(`work/${seed}`) });
    await work.wave(WAVE); // the warm-up
    errors.begin();
    while (!deadline.aborted && (work.tasks < (goal[figure] ?? 0) || (eachOnce && errors.missing(OFTEN).length > 0))) await work.wave(WAVE);
    errors.end();
    const problems = [...(await work.problems(SETTLED_WITHIN_MS)), ...unfired(errors.byState())];
    if (eachOnce && !deadline.aborted) problems.push(...errors.missing(OFTEN).map((one) => `never injected: ${one}`));
    for (const problem of problems) log(`violation: ${problem}`);
    for (const line of cut.platform.logged.filter(({ msg }) => msg === 'request failed')) log(`failed: ${JSON.stringify(line)}`);
    log(`${rate * 100} %: ${JSON.stringify(errors.byState())} into ${errors.byStatement().size} statements, ${work.runs} runs`);
    counts[figure] += work.tasks;
    counts.injected += Object.values(errors.byState()).reduce((sum, n) => sum + n, 0);
    counts.statementsMet = Math.max(counts.statementsMet, errors.byStatement().size);
    counts.violations += problems.length;
    const history = await readHistory(cut.direct, log);
    counts.violations += history.violations;
    counts.historyRows += history.historyRows;
  } finally {
    errors.remove();
    await cut.close();
  }
}

/** Of as many as this, each state has its share. */
const ENOUGH = 60;

function unfired(byState: Readonly<Record<string, number>>): string[] {
  const all = INJECTED_STATES.reduce((sum, state) => sum + (byState[state] ?? 0), 0);
  return all < ENOUGH ? [] : INJECTED_STATES.filter((state) => byState[state] === 0).map((state) => `never injected: ${state}`);
}
