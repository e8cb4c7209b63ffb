import { badRequest } from '#base';

const INSTANT = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?(?:\.(\d{1,6}))?\s*(Z|[+-]\d\d(?::?\d\d)?)$/i;

/**
 * An instant to the microsecond as UTC text, `2026-11-24T14:35:00.123456Z`, so that the order of texts is that of time, as the database writes it.
 * Throws `bad_request` where no zone is given: an hour off is the wrong backup.
 */
export function parseInstant(text: string): string {
  const [, day, minute, second = ':00', fraction = '', zone = ''] = INSTANT.exec(text.trim()) ?? [];
  const at = new Date(`${day}T${minute}${second}${normalZone(zone)}`);
  if (day === undefined || Number.isNaN(at.getTime())) {
    throw badRequest(`'${text}' is no time; write it with its zone, such as 2026-11-24T14:35:00Z or 2026-11-24T15:35:00+01:00`);
  }
  return `${at.toISOString().slice(0, 19)}.${fraction.padEnd(6, '0')}Z`;
}

function normalZone(zone: string): string {
  if (zone.toUpperCase() === 'Z') return 'Z';
  const digits = zone.replace(':', '').padEnd(5, '0');
  return `${digits.slice(0, 3)}:${digits.slice(3)}`;
}
