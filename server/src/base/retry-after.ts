const MAX_RETRY_AFTER_MS = 3_600_000; // an hour; what asks for more is better tried again then than believed

/** What a server asks for by Retry-After (RFC 9110 section 10.2.3), seconds or a date, in milliseconds; undefined where it says nothing readable. */
export function retryAfterMs(header: string | null | undefined, now = Date.now()): number | undefined {
  if (header === null || header === undefined) return undefined;
  const ms = /^\d+(\.\d+)?$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(ms) ? Math.min(MAX_RETRY_AFTER_MS, Math.max(0, Math.round(ms))) : undefined;
}
