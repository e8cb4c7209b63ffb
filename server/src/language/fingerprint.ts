import { createHash } from 'node:crypto';
import type { Json } from '#base';

/** JSON with keys sorted, so that equal values have equal texts. Undefined properties are left out. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${canonicalJson(entry)}`).join(',')}}`;
}

/** Changes when anything that decides a task's own result does: what it is, not what it is called or where it is drawn. */
export const fingerprint = (parts: Record<string, Json | undefined>): string =>
  createHash('sha256').update(canonicalJson(parts)).digest('base64url');
