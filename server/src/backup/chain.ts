import type { BaseManifest, ShippedSegment } from './archive.ts';
import { segmentAfter, timelineOf } from './segment.ts';

export interface Chain {
  /** The log from the base's start, without a gap. */
  segments: ShippedSegment[];
  /** The first segment that is missing although a later one is there. */
  gap: string | undefined;
}

/** What can be replayed onto a base: its timeline's log, up to the end or the first gap. */
export function chainOf(base: BaseManifest, shipped: readonly ShippedSegment[]): Chain {
  const timeline = timelineOf(base.startSegment);
  const byName = new Map(shipped.filter(({ segment }) => timelineOf(segment) === timeline).map((each) => [each.segment, each]));
  const segments: ShippedSegment[] = [];
  let next = base.startSegment;
  for (let found = byName.get(next); found; found = byName.get(next)) {
    segments.push(found);
    next = segmentAfter(next);
  }
  const hasLater = [...byName.keys()].some((name) => name > next);
  return { segments, gap: hasLater || next <= base.endSegment ? next : undefined };
}

/** The last instant that the chain is complete with; undefined where the log does not even make the base whole. */
export function endOf(base: BaseManifest, { segments }: Chain): string | undefined {
  return segments.findLast(({ segment, through }) => through !== null && segment >= base.endSegment)?.through ?? undefined;
}
