// Every defence is taken away once: of the engine's statements, each a scenario that must miss it; of everything else, each a test file.
import { inject } from 'vitest';
import { CAUGHT_BY } from '../../engine/caught-by.ts';
import { SABOTEURS, type Saboteur } from '../../engine/saboteurs.ts';
import { SCENARIOS } from '../../engine/scenarios.ts';
import { runSaboteur } from '../../saboteurs/run-saboteur.ts';
import { SWITCHES } from '../../saboteurs/switches.ts';
import type { Campaign, CampaignContext, CampaignCounts } from './campaign.ts';

interface Attack {
  name: string;
  /** What failed; none: nobody missed the defence. */
  run(): Promise<string[]>;
}

const attacks = (signal: AbortSignal): Attack[] => [
  ...Object.keys(SABOTEURS).map(
    (name): Attack => ({
      name,
      run: () => SCENARIOS[CAUGHT_BY[name as Saboteur]].run(SABOTEURS[name as Saboteur]),
    }),
  ),
  ...Object.keys(SWITCHES).map(
    (name): Attack => ({
      name,
      run: async () => {
        const { failed, output } = await runSaboteur(name, { server: inject('testServer'), signal });
        if (failed.length === 0) throw new Error(output);
        return failed;
      },
    }),
  ),
];

async function run({ deadline, log }: CampaignContext): Promise<CampaignCounts> {
  const counts: CampaignCounts = { violations: 0, historyRows: 0, saboteurs: 0 };
  for (const { name, run: attack } of attacks(deadline)) {
    if (deadline.aborted) break;
    const [caught] = await attack().catch((error: unknown) => [undefined, log(String(error))]);
    if (deadline.aborted) break; // it may have been cut
    counts['saboteurs'] = (counts['saboteurs'] ?? 0) + 1;
    if (caught === undefined) counts.violations++;
    log(`without ${name}: ${caught ?? 'nobody misses it'}`);
  }
  return counts;
}

export const campaign: Campaign = {
  name: 'saboteurs',
  faults: [],
  goal: { saboteurs: Object.keys(SABOTEURS).length + Object.keys(SWITCHES).length },
  run,
};
