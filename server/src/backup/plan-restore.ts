import { badRequest, conflict, notFound } from '#base';
import type { BaseManifest, ShippedSegment } from './archive.ts';
import { chainOf, endOf } from './chain.ts';

export interface RestorePlan {
  base: BaseManifest;
  /** The log to replay, in order. */
  segments: ShippedSegment[];
  /** Where the replay stops; undefined: at the end of the log. */
  target: string | undefined;
  /** The last instant that could be had. */
  latest: string;
}

/**
 * Chooses the newest base from before the target and the log from it to the target. A gap in that log is refused, naming the segment and the latest
 * instant before it: PostgreSQL itself would end there without a word. Throws `not_found` where no base is old enough, `conflict` at a gap,
 * `bad_request` for an instant after the end, each with the instants that can be had.
 */
export function planRestore(bases: readonly BaseManifest[], shipped: readonly ShippedSegment[], target?: string): RestorePlan {
  const [first] = bases;
  if (!first) throw notFound('A whole backup in this folder');
  const base = target === undefined ? bases.at(-1) : bases.findLast(({ finishedAt }) => finishedAt <= target);
  if (!base) throw badRequest(`The oldest backup is whole from ${first.finishedAt} on; ${target} lies before it`);
  const chain = chainOf(base, shipped);
  const latest = endOf(base, chain);
  const gap = (name: string) =>
    conflict(
      `The log has a gap: segment ${name} is missing from the archive. ` +
        (latest === undefined
          ? `Backup ${base.id} cannot be restored without it`
          : `The latest time before it that can be restored is ${latest}`),
    );
  if (latest === undefined) throw gap(chain.gap ?? base.endSegment);
  if (target === undefined) {
    if (chain.gap !== undefined) throw gap(chain.gap);
    return { base, segments: chain.segments, target, latest };
  }
  const last = chain.segments.findIndex(({ segment, through }) => through !== null && through > target && segment >= base.endSegment);
  if (last >= 0) return { base, segments: chain.segments.slice(0, last + 1), target, latest };
  if (chain.gap !== undefined) throw gap(chain.gap);
  throw badRequest(
    `The log in the archive ends at ${latest}; ${target} lies after it. Restore to a time before ${latest}, or to the end without --to`,
  );
}
