import { bare, type Reader } from './kind.ts';

const CODES = new Set(Intl.supportedValuesOf('currency'));

const SYMBOLS: Record<string, string> = {
  '€': 'EUR',
  $: 'USD',
  US$: 'USD',
  '£': 'GBP',
  '¥': 'JPY',
  '₹': 'INR',
  C$: 'CAD',
  CA$: 'CAD',
  A$: 'AUD',
  AU$: 'AUD',
  'Fr.': 'CHF',
  SFr: 'CHF',
  'SFr.': 'CHF',
  zł: 'PLN',
  RM: 'MYR',
  R$: 'BRL',
  '₽': 'RUB',
  Kč: 'CZK',
};

const NAMES: Record<string, string> = { euro: 'EUR', euros: 'EUR', dollar: 'USD', dollars: 'USD', pounds: 'GBP', franken: 'CHF' };

/** ISO 4217 code of a printed symbol or code; codes only in capitals, since `all` and `top` are words. */
export const currencyOf = (text: string): string | undefined =>
  Object.hasOwn(SYMBOLS, text) ? SYMBOLS[text] : CODES.has(text) ? text : undefined;

export const readCurrency: Reader = (pieces, at) => {
  const text = bare(pieces[at]?.text ?? '');
  const name = text.toLowerCase();
  const value = currencyOf(text) ?? (Object.hasOwn(NAMES, name) ? NAMES[name] : undefined) ?? currencyOf(text.replace(/[\d.,\s-]/g, ''));
  return value === undefined ? undefined : { value, length: 1, quality: 1 };
};
