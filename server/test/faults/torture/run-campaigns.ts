import type { Campaign, CampaignCounts } from '../campaigns/campaign.ts';

export interface TortureOptions {
  minutes: number;
  seed: number;
  log(line: string): void;
}

export interface CampaignResult {
  name: string;
  faults: readonly string[];
  counts: CampaignCounts;
  /** Figure -> the share of its goal that was reached, 1 at most. */
  shares: Record<string, number>;
  seconds: number;
}

/** A check of fewer rows says little. */
const LEAST_HISTORY_ROWS = 10_000;

/** Runs the campaigns one after the other; what one leaves of its time is for those behind it. */
export async function runCampaigns(campaigns: readonly Campaign[], { minutes, seed, log }: TortureOptions): Promise<CampaignResult[]> {
  const endsAt = performance.now() + minutes * 60_000;
  const results: CampaignResult[] = [];
  for (const [index, campaign] of campaigns.entries()) {
    const sharesLeft = campaigns.slice(index).reduce((sum, { share = 1 }) => sum + share, 0);
    const timeMs = Math.max(0, endsAt - performance.now()) * ((campaign.share ?? 1) / sharesLeft);
    log(`${campaign.name} (${campaign.faults.join(', ')}): ${Math.round(timeMs / 1000)} s, seed ${seed}`);
    results.push(await runOne(campaign, { timeMs, seed, log: (line) => log(`${campaign.name}: ${line}`) }));
  }
  return results;
}

async function runOne(
  campaign: Campaign,
  { timeMs, seed, log }: { timeMs: number; seed: number; log: (line: string) => void },
): Promise<CampaignResult> {
  const { name, faults, goal } = campaign;
  const startedAt = performance.now();
  const time = new AbortController(); // not AbortSignal.timeout: that one does not keep the process
  const timer = setTimeout(() => time.abort(new Error('the time of the campaign is over')), timeMs);
  let counts: CampaignCounts;
  try {
    counts = await campaign.run({ seed, deadline: time.signal, scale: 'torture', goal, log });
  } catch (error) {
    log(`ended by an error: ${error instanceof Error ? error.stack : error}`);
    counts = { violations: 1, historyRows: 0 };
  } finally {
    clearTimeout(timer);
  }
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  const shares = Object.fromEntries(Object.entries(goal).map(([figure, amount]) => [figure, Math.min(1, (counts[figure] ?? 0) / amount)]));
  log(
    `${Object.entries(counts)
      .map(([figure, n]) => `${figure} ${n}`)
      .join(', ')} in ${seconds} s`,
  );
  return { name, faults, counts, shares, seconds };
}

/** One line a figure: how much of what a release is to see this run has seen. */
export const listShares = (results: readonly CampaignResult[], campaigns: readonly Campaign[]): string[] =>
  results.flatMap(({ name, faults, counts, shares }) =>
    Object.entries(shares).map(([figure, share]) => {
      const goal = campaigns.find((campaign) => campaign.name === name)?.goal[figure];
      return `${name} (${faults.join(', ')}): ${figure} ${counts[figure] ?? 0} of ${goal}, ${Math.floor(share * 100)} %`;
    }),
  );

export interface Verdict {
  /** One line: every figure's sum over all campaigns. */
  line: string;
  /** Why it failed; empty where it held. */
  reasons: string[];
}

/** What the whole run has found: it fails on any violation, and where too little was there to be read. */
export function judge(results: readonly CampaignResult[], { minutes, seed }: { minutes: number; seed: number }): Verdict {
  const totals: Record<string, number> = {};
  for (const { counts } of results) {
    for (const [figure, n] of Object.entries(counts)) totals[figure] = (totals[figure] ?? 0) + n;
  }
  const { violations = 0, historyRows = 0, ...figures } = totals;
  const reasons = results
    .filter(({ counts }) => counts.violations > 0)
    .map(({ name, counts }) => `${name} found ${counts.violations} violations (seed ${seed})`);
  if (historyRows < LEAST_HISTORY_ROWS) reasons.push(`check:history read ${historyRows} rows, fewer than ${LEAST_HISTORY_ROWS}`);
  const said = Object.entries({ ...figures, historyRows, violations }).map(([figure, n]) => `${figure}=${n}`);
  return { line: `torture: ${minutes} min, seed ${seed}, ${results.length} campaigns: ${said.join(' ')}`, reasons };
}
