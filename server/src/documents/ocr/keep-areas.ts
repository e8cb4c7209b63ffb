import type { Box } from '../document.ts';
import type { PagePicture } from '../parser/open-document.ts';

const WHITE = 255;

/** The page with everything white but these areas, so that OCR reads them alone. */
export function keepAreas(picture: PagePicture, areas: readonly Box[]): PagePicture {
  const grey = new Uint8Array(picture.grey.length).fill(WHITE);
  for (const [x0, y0, x1, y1] of areas) {
    const left = Math.floor(x0 * picture.width);
    const right = Math.ceil(x1 * picture.width);
    for (let y = Math.floor(y0 * picture.height); y < Math.ceil(y1 * picture.height); y++) {
      const row = y * picture.width;
      grey.set(picture.grey.subarray(row + left, row + right), row + left);
    }
  }
  return { ...picture, grey, isPart: true };
}
