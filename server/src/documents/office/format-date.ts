const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
const DAY_MS = 86_400_000;
/** Days from the epoch of the sheet to that of JavaScript, for both date systems (ECMA-376 part 1, 18.17.4.1). */
const EPOCH_1900 = 25_569;
const EPOCH_1904 = 24_107;

export interface DateParts {
  date: Date;
  /** The value itself, in days: what [h]:mm counts. */
  days: number;
}

/** A day number of a sheet as a date, in UTC. The year 1900 is a leap year there: days before its 1 March are one behind. */
export function dateParts(days: number, is1904: boolean): DateParts {
  const since = is1904 ? days - EPOCH_1904 : days - EPOCH_1900 + (days > 0 && days < 60 ? 1 : 0);
  return { date: new Date(Math.round((since * DAY_MS) / 1000) * 1000), days };
}

const TOKENS = /"[^"]*"?|\\.|_.|\*.|\[h+\]|\[m+\]|\[s+\]|\[[^\]]*\]?|AM\/PM|A\/P|\.0+|y+|m+|d+|h+|s+|[\s\S]/gi;

/** A date in a format code: its month names are English, whatever the code's locale. An `m` beside hours or seconds is minutes. */
export function formatDate({ date, days }: DateParts, code: string): string {
  if (Number.isNaN(date.getTime())) return String(days);
  const tokens = [...code.matchAll(TOKENS)].map(([token]) => token);
  const isHalfDay = tokens.some((token) => /^(?:AM\/PM|A\/P)$/i.test(token));
  return tokens
    .map((token, index) => printToken(token, isMinutes(tokens, index), isHalfDay, date, days))
    .join('')
    .trim();
}

function isMinutes(tokens: string[], index: number): boolean {
  const isTime = (token: string): boolean => /^\[?[hs]/i.test(token);
  const isPart = (token: string): boolean => /^\[?[ymdhs]+\]?$/i.test(token);
  const before = tokens.slice(0, index).findLast(isPart);
  const after = tokens.slice(index + 1).find(isPart);
  return /^\[?h/i.test(before ?? '') || (after !== undefined && isTime(after) && /^s/i.test(after));
}

const two = (value: number): string => String(value).padStart(2, '0');
const sized = (value: number, token: string): string => (token.length > 1 ? two(value) : String(value));

function printToken(token: string, isMinute: boolean, isHalfDay: boolean, date: Date, days: number): string {
  const key = token.toLowerCase();
  if (/^\[[hms]+\]$/.test(key)) return String(Math.floor(days * ({ h: 24, m: 1440, s: 86_400 }[key[1] as 'h' | 'm' | 's'] ?? 1) + 1e-6));
  if (/^(?:am\/pm|a\/p)$/.test(key)) return date.getUTCHours() < 12 ? (key.length > 3 ? 'AM' : 'A') : key.length > 3 ? 'PM' : 'P';
  switch (/^[ymdhs]+$/.test(key) ? key[0] : '') {
    case 'y':
      return key.length > 2 ? String(date.getUTCFullYear()) : two(date.getUTCFullYear() % 100);
    case 'm':
      return isMinute ? sized(date.getUTCMinutes(), key) : printMonth(date.getUTCMonth(), key.length);
    case 'd':
      return key.length > 2 ? printName(DAYS[date.getUTCDay()] ?? '', key.length) : sized(date.getUTCDate(), key);
    case 'h':
      return sized(isHalfDay ? ((date.getUTCHours() + 11) % 12) + 1 : date.getUTCHours(), key);
    case 's':
      return sized(date.getUTCSeconds(), key);
    default:
      return printText(token);
  }
}

const printName = (name: string, length: number): string => (length > 3 ? name : name.slice(0, 3));

const printMonth = (month: number, length: number): string =>
  length > 2 ? printName(MONTHS[month] ?? '', length).slice(0, length === 5 ? 1 : undefined) : sized(month + 1, 'm'.repeat(length));

function printText(token: string): string {
  if (token.startsWith('"')) return token.replaceAll('"', '');
  if (token.startsWith('\\')) return token.slice(1);
  return /^(?:_.|\*.|\[.*|\.0+)$/.test(token) ? '' : token;
}
