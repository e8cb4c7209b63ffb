import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { despeckle } from './despeckle.ts';
import { classifyPage, estimateNoise, isBlank } from './page-class.ts';
import { estimateSkew, isSideways } from './skew.ts';
import { preparePage } from './straighten.ts';
import { deepenFaintPrint, paperTone, stretchTones } from './tones.ts';

const WIDTH = 600;
const HEIGHT = 800;

/** A page with bars of varying width where words would be. */
function page(ink = 30, paper = 245): { grey: Uint8Array; width: number; height: number } {
  const grey = new Uint8Array(WIDTH * HEIGHT).fill(paper);
  for (let y = 100; y < 700; y += 24) {
    for (let row = y; row < y + 10; row++)
      for (let x = 75; x < 525; x++) if ((x + y * 7) % (23 + (y % 11)) < 15) grey[row * WIDTH + x] = ink;
  }
  return { grey, width: WIDTH, height: HEIGHT };
}

async function turned(degrees: number): Promise<{ grey: Uint8Array; width: number; height: number }> {
  const { grey, width, height } = page();
  const image = sharp(grey, { raw: { width, height, channels: 1 } }).rotate(degrees, { background: { r: 245, g: 245, b: 245 } });
  const { data, info } = await image.toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
  return { grey: data, width: info.width, height: info.height };
}

describe('the turn of a page', () => {
  test.each([-4, -1.3, 0, 0.5, 1.7, 3])('%d degrees are found to a tenth', async (degrees) => {
    expect(Math.abs(estimateSkew(await turned(degrees)) - degrees)).toBeLessThan(0.1);
  });

  test('a page on its side is told from one that stands', async () => {
    expect(isSideways(page())).toBe(false);
    expect(isSideways(await turned(90))).toBe(true);
  });

  test('an empty page has none', () => {
    expect(estimateSkew({ grey: new Uint8Array(10_000).fill(255), width: 100, height: 100 })).toBe(0);
  });
});

describe('boxes find back to the page as it was', () => {
  test.each([
    [0, 0],
    [1.5, 0],
    [-2, 0],
    [0, 1],
    [0, 2],
    [1, 3],
  ] as const)('turned by %d degrees, %d quarters to upright', async (degrees, quarters) => {
    const picture = await turned(degrees - quarters * 90);
    const mark = { x: Math.round(picture.width * 0.06), y: Math.round(picture.height * 0.55) };
    const size = { pageWidth: picture.width, pageHeight: picture.height };
    const prepared = await preparePage({ ...picture, ...size }, 'plain', 1.4, quarters);
    // The mark is drawn on the prepared page by the way there, which is the inverse of the way back only if that is right.
    const found = await locate({ ...picture, ...size }, mark, quarters);
    const [x0, y0, x1, y1] = prepared.toPage([found.x - 3, found.y - 3, found.x + 3, found.y + 3]);
    expect(Math.hypot((x0 + x1) / 2 - mark.x, (y0 + y1) / 2 - mark.y)).toBeLessThan(2.5);
  });

  /** Where a spot of the picture is after preparation: two pictures are prepared, with it and without, and compared. */
  async function locate(
    picture: { grey: Uint8Array; width: number; height: number; pageWidth: number; pageHeight: number },
    mark: { x: number; y: number },
    quarters: 0 | 1 | 2 | 3,
  ): Promise<{ x: number; y: number }> {
    const marked = Uint8Array.from(picture.grey);
    for (let y = mark.y - 5; y <= mark.y + 5; y++)
      marked.fill(
        picture.grey[mark.y * picture.width + mark.x] === 30 ? 245 : 0,
        y * picture.width + mark.x - 5,
        y * picture.width + mark.x + 6,
      );
    const [without, withMark] = await Promise.all(
      [picture.grey, marked].map((grey) => preparePage({ ...picture, grey }, 'slip', 1.4, quarters)),
    );
    const [a, b] = [without?.image, withMark?.image];
    let [sumX, sumY, weight] = [0, 0, 0];
    for (let i = 0; i < (a?.grey.length ?? 0); i++) {
      const difference = Math.abs((a?.grey[i] ?? 0) - (b?.grey[i] ?? 0));
      if (difference < 100) continue;
      sumX += difference * (i % (a?.width ?? 1));
      sumY += difference * Math.floor(i / (a?.width ?? 1));
      weight += difference;
    }
    return { x: sumX / weight, y: sumY / weight };
  }
});

describe('what a page needs', () => {
  const withNoise = (amount: number) => {
    const { grey, ...size } = page();
    let state = 1;
    const noisy = grey.map((value) => {
      state = (state * 1103515245 + 12345) & 0x7fffffff;
      return Math.max(0, Math.min(255, value - 20 + (state / 0x7fffffff - 0.5) * amount * Math.sqrt(12)));
    });
    return { grey: noisy, ...size };
  };

  test('noise is measured between the letters', () => {
    expect(estimateNoise(page())).toBeLessThan(0.5);
    expect(estimateNoise(withNoise(8))).toBeGreaterThan(6);
    expect(estimateNoise(withNoise(8))).toBeLessThan(10);
  });

  test('a clean page, a grainy one, a noisy one and a till slip get the recipes that suit them', () => {
    expect(classifyPage(page()).recipes[0]).toBe('plain');
    expect(classifyPage(withNoise(8)).recipes[0]).toBe('grain');
    expect(classifyPage(withNoise(30)).recipes[0]).toBe('noise');
    expect(classifyPage({ grey: new Uint8Array(300 * 900).fill(250), width: 300, height: 900 }).recipes[0]).toBe('slip');
  });

  test('paper alone is blank, whatever its tone and grain; a line of text is not', () => {
    expect(isBlank({ grey: new Uint8Array(640_000).fill(200), width: 800, height: 800 })).toBe(true);
    expect(isBlank(page())).toBe(false);
  });
});

test('dust goes, the dot of an i stays', () => {
  const grey = new Uint8Array(200 * 200).fill(240);
  const dot = (x: number, y: number, size: number) => {
    for (let row = y; row < y + size; row++) grey.fill(20, row * 200 + x, row * 200 + x + size);
  };
  for (let row = 80; row < 100; row++) grey.fill(20, row * 200 + 60, row * 200 + 66); // the stem
  dot(61, 73, 3); // its dot
  dot(150, 150, 3); // dust
  const cleaned = despeckle({ grey, width: 200, height: 200 }, 4, 8);
  expect(cleaned[74 * 200 + 62]).toBe(20);
  expect(cleaned[151 * 200 + 151]).toBe(240);
});

describe('tones', () => {
  test('faded ink on grey paper becomes black on white', () => {
    const stretched = stretchTones(page(120, 220));
    expect([
      Math.min(...stretched.subarray(WIDTH * 102, WIDTH * 104)),
      paperTone({ grey: stretched, width: WIDTH, height: HEIGHT }),
    ]).toEqual([0, 255]);
  });

  test('a page nearly empty is not stretched until its noise is ink', () => {
    const grey = new Uint8Array(1_000_000).fill(250);
    for (let i = 0; i < grey.length; i += 3) grey[i] = 246;
    expect(Math.min(...stretchTones({ grey, width: 1000, height: 1000 }).subarray(0, 10_000))).toBeGreaterThan(220);
  });

  test('faint print beside a black rim becomes as black as the rim', () => {
    const { grey, ...size } = page(165, 230);
    grey.fill(0, 0, WIDTH * 40);
    const deepened = deepenFaintPrint({ grey, ...size });
    expect(Math.min(...deepened.subarray(102 * WIDTH, 103 * WIDTH))).toBe(0);
    expect(Math.min(...deepened.subarray(95 * WIDTH, 96 * WIDTH))).toBeGreaterThan(250);
  });
});
