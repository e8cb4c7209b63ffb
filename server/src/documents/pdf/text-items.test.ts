import { describe, expect, test } from 'vitest';
import { readTextItems, type TextRun } from './text-items.ts';

const page = { width: 600, height: 800, transform: [1, 0, 0, -1, 0, 800] };
const styles = { f: { ascent: 0.9, descent: -0.2 } };
const run = (str: string, x: number, y: number, width: number, turn = 0): TextRun => ({
  str,
  transform: [12 * Math.cos(turn), 12 * Math.sin(turn), -12 * Math.sin(turn), 12 * Math.cos(turn), x, y],
  width,
  fontName: 'f',
});
const read = (...items: TextRun[]) => readTextItems({ items, styles }, page);

describe('words from the runs of a PDF', () => {
  test('a run is cut at its blanks, in proportion to its letters', () => {
    const { words, text } = read(run('illi WWWW', 100, 700, 100));
    expect(text).toBe('illi WWWW');
    const [narrow, wide] = words;
    expect(narrow?.box[0]).toBeCloseTo(100 / 600, 4);
    expect((narrow?.box[2] ?? 0) - (narrow?.box[0] ?? 0)).toBeLessThan(((wide?.box[2] ?? 0) - (wide?.box[0] ?? 0)) / 3);
    expect(wide?.box[2]).toBeCloseTo(200 / 600, 4);
  });

  test('a box reaches from below the baseline to the top of the letters', () => {
    expect(read(run('Tag', 60, 700, 20)).words[0]?.box).toEqual([0.1, 0.1115, 0.13333, 0.128]);
  });

  test('runs that touch are one word, runs a blank apart are two', () => {
    expect(read(run('Rech', 60, 700, 26), run('nung', 86.5, 700, 28), run('Nr.', 118, 700, 15)).text).toBe('Rechnung Nr.');
  });

  test('what is printed twice for bold is read once', () => {
    expect(read(run('Total', 60, 700, 28), run('Total', 60.4, 700, 28), run('Total', 200, 700, 28)).text).toBe('Total Total');
  });

  test('text along the margin does not join the lines that it passes', () => {
    expect(read(run('first', 60, 700, 25), run('second', 60, 680, 35), run('margin note', 30, 600, 140, Math.PI / 2)).text).toBe(
      'first second margin note'.replace(' second', '\nsecond').replace(' margin', '\nmargin').replace('\nmargin note', '\nmargin\nnote'),
    );
  });

  test('a turned page is read upright', () => {
    const turned = { width: 800, height: 600, transform: [0, 1, 1, 0, 0, 0] }; // a page with /Rotate 90
    const { words } = readTextItems({ items: [run('up', 50, 100, 12, Math.PI / 2)], styles }, turned);
    const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = words[0]?.box ?? [];
    expect(x1 * 800 - x0 * 800).toBeCloseTo(12, 1);
    expect(y1 * 600 - y0 * 600).toBeCloseTo(13.2, 1);
  });

  test('private characters tell a font without a map', () => {
    expect(read(run('\ue001\ue002ab', 60, 700, 28)).legibleShare).toBe(0.5);
  });
});
