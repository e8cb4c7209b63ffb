import fc from 'fast-check';
import { drain, newBound } from './acts.ts';
import { type CommandCounts, commandsOf } from './commands.ts';
import { RealSystem } from './real-system.ts';

const MAX_COMMANDS = 60;
/** Runs at once of the organization: few, so that most histories meet the queue. */
const LIMIT = 2;

export interface Histories {
  real: RealSystem;
  /** Commands that ran, by kind. */
  counts: CommandCounts;
  /** Runs so many histories that the seed draws; answers what went wrong with the shortest that fails, as text with the seed and the path of it. */
  run(options: { runs: number; seed: number; signal?: AbortSignal }): Promise<{ ran: number; problem: string | undefined }>;
  close(): Promise<void>;
}

/** A platform on which histories of commands are compared with the model. */
export async function openHistories(): Promise<Histories> {
  const real = await RealSystem.open(LIMIT);
  const counts: CommandCounts = new Map();
  let isDirty = false;
  let ran = 0;
  const property = (signal: AbortSignal | undefined) =>
    fc.asyncProperty(fc.commands(commandsOf(counts), { maxCommands: MAX_COMMANDS, size: 'max' }), async (commands) => {
      if (signal?.aborted) return;
      if (isDirty) await real.clear();
      isDirty = true;
      const bound = newBound(LIMIT);
      await fc.asyncModelRun(() => ({ model: bound, real }), commands);
      await drain(bound, real);
      isDirty = false;
      ran++;
    });
  return {
    real,
    counts,
    async run({ runs, seed, signal }) {
      ran = 0;
      const details = await fc.check(property(signal), {
        numRuns: runs,
        seed,
        endOnFailure: process.env.FLOW_TEST_NO_SHRINK !== undefined,
      });
      return { ran, problem: details.failed ? `${fc.defaultReportMessage(details)}\n${String(details.errorInstance)}` : undefined };
    },
    close: () => real.close(),
  };
}
