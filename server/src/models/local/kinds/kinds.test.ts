import { describe, expect, test } from 'vitest';
import type { Json } from '#base';
import type { SearchKind } from '../labels/concept.ts';
import type { Piece } from '../layout.ts';
import { parseNumber } from './amount.ts';
import { currencyOf } from './currency.ts';
import type { Habits } from './kind.ts';
import { readerOf } from './readers.ts';

const EN: Habits = { language: 'en', decimal: '.', dayFirst: true, country: 'GB', currency: undefined };
const US: Habits = { ...EN, dayFirst: false, country: 'US' };
const DE: Habits = { ...EN, language: 'de', decimal: ',', country: 'DE' };
const FR: Habits = { ...DE, language: 'fr', country: 'FR' };
const ES: Habits = { ...DE, language: 'es', country: 'ES' };

/** Words with blanks of a third of their height between them. */
function pieces(text: string): Piece[] {
  let x = 0;
  return text.split(' ').map((word) => {
    const piece = { text: word, confidence: 1, page: 1, x0: x, x1: x + word.length * 5, y0: 0, y1: 10 };
    x = piece.x1 + 3.3;
    return piece;
  });
}
const value = (kind: SearchKind, text: string, habits: Habits, values: string[] = []): Json | undefined =>
  readerOf(kind, values)(pieces(text), 0, habits)?.value;

test.each([
  ['1.234,56', ',', 1234.56],
  ['1,234.56', '.', 1234.56],
  ['1234.5', '.', 1234.5],
  ["1'234.50", '.', 1234.5],
  ['1.234.567', ',', 1_234_567],
  ['1,234,567.89', '.', 1_234_567.89],
  ['12,5', ',', 12.5],
  ['12,5', '.', 12.5],
  ['1.234', ',', 1234],
  ['1,234', '.', 1234],
  ['1.234', '.', 1.234],
  ['0.123', ',', 0.123],
  ['-12.00', '.', -12],
  ['12.00-', '.', -12],
  ['(12.00)', '.', -12],
  ['119,-', ',', 119],
  ['119,--', ',', 119],
  ['1,00,000.00', '.', 100_000],
  ['007', '.', 7],
  ['1.23.4', '.', undefined],
  ['12.03.2026', '.', undefined],
  ['abc', '.', undefined],
  ['', '.', undefined],
  ['1,23,456,7', '.', undefined],
  ['9'.repeat(40), '.', undefined],
] as [string, '.' | ',', number | undefined][])('the number %s with decimal %s is %s', (text, decimal, expected) => {
  expect(parseNumber(text, decimal)?.value).toBe(expected);
});

describe('readers', () => {
  test.each<[SearchKind, string, Habits, Json | undefined]>([
    ['date', '14/03/2026', EN, '2026-03-14'],
    ['date', '04/05/2026', EN, '2026-05-04'],
    ['date', '04/05/2026', US, '2026-04-05'],
    ['date', '14/03/2026', US, '2026-03-14'],
    ['date', '3.2.26', DE, '2026-02-03'],
    ['date', '2026-02-29', EN, undefined],
    ['date', '29.02.2028', DE, '2028-02-29'],
    ['date', '31.04.2026', DE, undefined],
    ['date', '14 March 2026', EN, '2026-03-14'],
    ['date', 'March 14, 2026', US, '2026-03-14'],
    ['date', '14th of March 2026', EN, '2026-03-14'],
    ['date', '14-Mar-2026', EN, '2026-03-14'],
    ['date', '3. März 2026', DE, '2026-03-03'],
    ['date', '3. Dezember 2026', DE, '2026-12-03'],
    ['date', '1er février 2026', FR, '2026-02-01'],
    ['date', '12 août 2026', FR, '2026-08-12'],
    ['date', '15 de enero de 2026', ES, '2026-01-15'],
    ['date', '14 March 2026', DE, '2026-03-14'],
    ['date', '12. 03. 2026', DE, '2026-03-12'],
    ['date', 'March 2026', EN, undefined],
    ['date', 'Maybe 2026', EN, undefined],
    ['date', '4711', EN, undefined],
    ['datetime', '14/03/2026 09:30', EN, '2026-03-14T09:30:00'],
    ['datetime', '2026-03-14T09:30:15Z', EN, '2026-03-14T09:30:15'],
    ['datetime', '3/14/2026 2:05 PM', US, '2026-03-14T14:05:00'],
    ['datetime', '14.03.2026', DE, '2026-03-14T00:00:00'],
    ['amount', '€ 1.234,56', DE, 1234.56],
    ['amount', 'EUR 12,00', DE, 12],
    ['amount', '$8.39', US, 8.39],
    ['amount', '1 234,56 €', FR, 1234.56],
    ['amount', '12 500,00', FR, 12_500],
    ['amount', '19 %', DE, undefined],
    ['amount', '19%', DE, undefined],
    ['amount', '- 45.50', EN, -45.5],
    ['amount', '1.234', EN, 1234],
    ['amount', '31.01.2026', DE, undefined],
    ['amount', 'RM 5.00', EN, 5],
    ['amount', 'about', EN, undefined],
    ['percent', '19 %', DE, 19],
    ['percent', '7,7%', DE, 7.7],
    ['percent', '(20%)', EN, 20],
    ['percent', '20', EN, undefined],
    ['number', '12,500', EN, 12_500],
    ['number', '1.5', EN, 1.5],
    ['iban', 'DE89 3704 0044 0532 0130 00', DE, 'DE89370400440532013000'],
    ['iban', 'gb29nwbk60161331926819', EN, 'GB29NWBK60161331926819'],
    ['iban', 'DE89 3704 0044 0532 0130 01', DE, null],
    ['iban', 'Total 5', DE, undefined],
    ['bic', 'COBADEFFXXX', DE, 'COBADEFFXXX'],
    ['bic', 'ABC', DE, undefined],
    ['vat_id', 'DE 123 456 789', DE, 'DE123456789'],
    ['vat_id', 'FR40 303265045', FR, 'FR40303265045'],
    ['vat_id', 'B12345678', ES, 'B12345678'],
    ['vat_id', 'XX1', DE, undefined],
    ['identifier', 'INV-2026-0481', EN, 'INV-2026-0481'],
    ['identifier', 'RE 2026 0481', DE, 'RE 2026 0481'],
    ['identifier', '4711 vom', DE, '4711'],
    ['identifier', '2026/0815.', DE, '2026/0815'],
    ['identifier', '12.03.2026', DE, undefined],
    ['identifier', 'Berlin', DE, undefined],
    ['phone', '030 901820', DE, '+4930901820'],
    ['phone', '+44 20 7946 0958', EN, '+442079460958'],
    ['phone', '(212) 555-0198', US, '+12125550198'],
    ['phone', '123', DE, undefined],
    ['email', 'info@beispiel.example,', DE, 'info@beispiel.example'],
    ['email', 'nobody', DE, undefined],
    ['url', 'www.acme.example', EN, 'https://www.acme.example'],
    ['url', 'https://a.example/x?y=1', EN, 'https://a.example/x?y=1'],
    ['url', 'end.', EN, undefined],
    ['currency', '€', DE, 'EUR'],
    ['currency', 'USD', EN, 'USD'],
    ['currency', 'Euro', DE, 'EUR'],
    ['currency', 'constructor', EN, undefined],
    ['bool', 'Ja', DE, true],
    ['bool', 'No', EN, false],
    ['bool', '☑', EN, true],
    ['bool', 'perhaps', EN, undefined],
  ])('%s of %s', (kind, text, habits, expected) => {
    expect(value(kind, text, habits)).toEqual(expected);
  });
  test('an enum takes the longest value that fits', () => {
    expect(value('enum', 'premium PLUS plan', EN, ['Premium', 'Premium Plus', 'Basic'])).toBe('Premium Plus');
    expect(value('enum', 'gold', EN, ['Premium'])).toBeUndefined();
  });
  test('an IBAN that fails its check says so', () => {
    expect(readerOf('iban', [])(pieces('DE89 3704 0044 0532 0130 01'), 0, DE)?.problem).toContain('check digits');
  });
  test('words are no currencies', () => {
    expect([currencyOf('all'), currencyOf('TOP'), currencyOf('ALL'), currencyOf('__proto__')]).toEqual([
      undefined,
      'TOP',
      'ALL',
      undefined,
    ]);
  });
});
