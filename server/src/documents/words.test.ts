import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Box } from './document.ts';
import { arrangeLines, cleanText, pageBox, textOfLines } from './words.ts';

const word = (text: string, x: number, y: number, height = 10) => ({
  text,
  confidence: 1,
  box: [x, y, x + text.length * 6, y + height] as Box,
});

describe('reading order', () => {
  test('a row is one line, however wide its gaps and however its words came', () => {
    const lines = arrangeLines([word('12.50', 400, 100), word('Total', 50, 101), word('Net', 50, 80), word('10.00', 400, 79)]);
    expect(textOfLines(lines)).toBe('Net 10.00\nTotal 12.50');
  });

  test('larger type beside smaller on one baseline is one line; the next line is another', () => {
    expect(textOfLines(arrangeLines([word('Invoice', 50, 90, 24), word('No. 7', 200, 102, 10), word('below', 50, 118, 10)]))).toBe(
      'Invoice No. 7\nbelow',
    );
  });

  test('Hebrew is read from the right', () => {
    expect(textOfLines(arrangeLines([word('עולם', 50, 10), word('שלום', 120, 10)]))).toBe('שלום עולם');
  });

  test('no word is lost or doubled, whatever the places', () => {
    const place = fc.record({
      x: fc.integer({ min: 0, max: 500 }),
      y: fc.integer({ min: 0, max: 700 }),
      height: fc.integer({ min: 1, max: 40 }),
    });
    fc.assert(
      fc.property(fc.array(place, { maxLength: 60 }), (places) => {
        const words = places.map(({ x, y, height }, index) => word(`w${index}`, x, y, height));
        const text = textOfLines(arrangeLines(words));
        expect(text.split(/\s+/).filter(Boolean).sort()).toEqual(words.map((one) => one.text).sort());
      }),
    );
  });
});

test('text is what PostgreSQL and JSON can hold', () => {
  expect(cleanText('a\u0000b\u0007c\ud800d\u200be\tf')).toBe('abc\ufffdde\tf');
});

test('a box stays within its page', () => {
  expect(pageBox(-5, 10, 700, 1300, { width: 600, height: 1200 })).toEqual([0, 0.00833, 1, 1]);
});
