/** One section of a number format taken apart. */
interface NumberFormat {
  prefix: string;
  digits: string;
  suffix: string;
}

/**
 * A number in one section of a format code: digits, grouping, decimals, percent, powers of ten, and the text around it (currency signs, words in
 * quotes). Undefined for what it does not know, such as fractions.
 */
export function formatNumber(value: number, code: string): string | undefined {
  const { prefix, digits, suffix } = split(code);
  if (digits === '') return /[#0?/]/.test(code.replace(/"[^"]*"/g, '')) ? undefined : `${sign(value, '')}${literal(code)}`.trim();
  if (digits.includes('/')) return undefined;
  const percent = (prefix + suffix).includes('%') ? 100 : 1;
  const shown = digits.includes('E') ? exponential(value, digits) : decimal(value * percent, digits);
  return `${literal(prefix)}${shown}${literal(suffix)}`.trim();
}

function split(code: string): NumberFormat {
  const parts: NumberFormat = { prefix: '', digits: '', suffix: '' };
  for (const [token] of code.matchAll(/"[^"]*"?|\\.|_.|\*.|\[[^\]]*\]?|E[+-]|[\s\S]/g)) {
    if (/^(?:[#0?.,/]|E[+-])$/.test(token) && parts.suffix === '') parts.digits += token;
    else if (parts.digits === '') parts.prefix += token;
    else parts.suffix += token;
  }
  if (/^[.,]*$/.test(parts.digits)) return { prefix: '', digits: '', suffix: '' };
  return parts;
}

/** Text of a format: quotes and backslashes are not printed, nor are colours, conditions and fillers; `[$€-407]` is a currency sign. */
const literal = (code: string): string =>
  code
    .replace(/_.|\*./g, '')
    .replace(/\[\$([^\]-]*)[^\]]*\]/g, '$1')
    .replace(/\[[^\]]*\]/g, '')
    .replace(/"([^"]*)"?/g, '$1')
    .replace(/\\(.)/g, '$1');

function decimal(value: number, digits: string): string {
  const [whole = '', fraction = ''] = digits.split('.', 2);
  const thousands = /,+$/.exec(digits)?.[0].length ?? 0; // each comma behind the digits divides by a thousand
  const decimals = fraction.replace(/[^#0?]/g, '').length;
  const least = fraction.replace(/[^0]/g, '').length;
  const [units = '', places = ''] = Math.abs(value / 1000 ** thousands)
    .toFixed(Math.min(decimals, 20))
    .split('.');
  const minimum = whole.replace(/[^0]/g, '').length;
  const padded = (minimum === 0 && units === '0' ? '' : units).padStart(minimum, '0');
  const grouped = /[#0?],[#0?]/.test(whole) ? padded.replace(/\B(?=(\d{3})+$)/g, ',') : padded;
  const kept = places.slice(0, least) + places.slice(least).replace(/0+$/, '');
  const text = kept === '' ? grouped || '0' : `${grouped}.${kept}`;
  return sign(value, text) + text;
}

function exponential(value: number, digits: string): string {
  const [mantissa = '', exponent = ''] = digits.split(/E[+-]/, 2);
  const decimals = (mantissa.split('.')[1] ?? '').length;
  const [base = '', power = '0'] = value.toExponential(Math.min(decimals, 20)).split('e');
  const width = exponent.replace(/[^0]/g, '').length;
  return `${base}E${power.startsWith('-') ? '-' : digits.includes('E+') ? '+' : ''}${power.replace(/^[+-]/, '').padStart(width, '0')}`;
}

/** Minus, unless nothing but zeros is left of the number. */
const sign = (value: number, shown: string): string => (value < 0 && (shown === '' || /[1-9]/.test(shown)) ? '-' : '');
