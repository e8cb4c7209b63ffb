const MAX_WAIT_SECONDS = 60; // core.md 3; proxies give up soon after

/** Seconds of `Prefer: wait=N` (RFC 7240), at most 60; undefined where it is absent or no number. */
export function readPreferWait(header: string | string[] | undefined): number | undefined {
  const preferences = [header ?? []].flat().flatMap((line) => line.split(','));
  for (const preference of preferences) {
    const seconds = /^\s*wait\s*=\s*"?(\d{1,9})"?\s*(;|$)/i.exec(preference)?.[1];
    if (seconds !== undefined) return Math.min(Number(seconds), MAX_WAIT_SECONDS);
  }
  return undefined;
}
