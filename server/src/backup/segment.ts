/** Names of the segments of PostgreSQL's log: 8 hexadecimal digits each of timeline, file and segment. One is 16 MB, as initdb makes them. */

const SEGMENTS_PER_FILE = 256; // 4 GB in segments of 16 MB

export const isSegment = (name: string): boolean => /^[0-9A-F]{24}$/.test(name);

const hex = (value: number) => value.toString(16).toUpperCase().padStart(8, '0');

/** The segment that follows on the same timeline. */
export function segmentAfter(name: string): string {
  const file = Number.parseInt(name.slice(8, 16), 16);
  const segment = Number.parseInt(name.slice(16), 16) + 1;
  return name.slice(0, 8) + (segment < SEGMENTS_PER_FILE ? hex(file) + hex(segment) : hex(file + 1) + hex(0));
}

export const timelineOf = (name: string): number => Number.parseInt(name.slice(0, 8), 16);
