/**
 * A campaign: one kind of fault, again and again, under load, for as long as there is time. `npm run torture -- --minutes N --seed S` runs every
 * campaign of this folder, one after the other.
 *
 * To add one: a file here that exports `campaign: Campaign` (this file and others without that export are passed over); nothing else names it. A round
 * draws all its chances from `seed`, ends when `deadline` aborts, counts what it did under the names of its `goal`, and reads the history of each database
 * that it had by `readHistory`. What must not happen is counted in `violations` and told by `log`, never thrown: an error that is thrown counts as one, too.
 */
import { createEngineDatabase, type EngineDatabase } from '#db';
import type { PlanSource } from '#engine';
import { checkHistory } from '../../../src/engine/check-history.ts';

/** What a campaign did: its figures by name. */
export type CampaignCounts = Record<string, number> & {
  /** What must not happen and did, broken invariants among it. */
  violations: number;
  /** Rows that `check:history` read at the end. */
  historyRows: number;
};

export interface CampaignContext {
  /** The same seed draws the same faults. */
  seed: number;
  /** Aborts when the campaign's time is over: it starts nothing more, and waits for what it has begun. */
  deadline: AbortSignal;
  /** `test`: the few rounds of `npm test`, whose amounts are `inTest`. */
  scale: 'test' | 'torture';
  /** How much of each figure is asked for at this scale; a campaign that has reached them all ends. */
  goal: Readonly<Record<string, number>>;
  log(line: string): void;
}

export interface Campaign {
  name: string;
  /** Of RELIABILITY.md section 3, such as F1. */
  faults: readonly string[];
  /** Figure -> how much of it a release is to see. */
  goal: Readonly<Record<string, number>>;
  /** The same in `npm test`, for a campaign that runs there too. */
  inTest?: Readonly<Record<string, number>>;
  /** Its share of the time beside those of others; default 1. */
  share?: number;
  run(context: CampaignContext): Promise<CampaignCounts>;
}

/** Whether the counts have reached everything that was asked for. */
export const isReached = (counts: Readonly<Record<string, number>>, goal: Readonly<Record<string, number>>): boolean =>
  Object.entries(goal).every(([figure, amount]) => (counts[figure] ?? 0) >= amount);

/** Reads a database's history and tells each violation. `engineUrl`: of role flow_engine, which sees every organization. */
export async function readHistory(
  database: { engineUrl: string } | Pick<EngineDatabase, 'query'>,
  log: (line: string) => void,
  options: { plans?: PlanSource; quietSeconds?: number } = {},
): Promise<{ violations: number; historyRows: number }> {
  const own = 'engineUrl' in database ? createEngineDatabase(database.engineUrl, { max: 2 }) : undefined;
  try {
    const report = await checkHistory(own ?? (database as EngineDatabase), options);
    for (const violation of report.violations) log(`violation: ${JSON.stringify(violation)}`);
    const historyRows = Object.values(report.rowsRead).reduce((sum, rows) => sum + rows, 0);
    return { violations: report.violations.length, historyRows };
  } finally {
    await own?.close();
  }
}

/** Adds what one round did to what those before it did. */
export function addCounts(total: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [figure, n] of Object.entries(more)) total[figure] = (total[figure] ?? 0) + n;
}
