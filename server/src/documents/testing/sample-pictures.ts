import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createCanvas, GlobalFonts } from '@napi-rs/canvas';

/** A font that comes with pdf.js, so that the picture is the same on every machine. */
const fonts = join(dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json')), 'standard_fonts');
GlobalFonts.registerFromPath(join(fonts, 'LiberationSans-Regular.ttf'), 'Sample');

/** A picture of these lines, black on white, as a PNG of 1200 pixels in width. */
export async function pictureOf(lines: string[]): Promise<Buffer> {
  const canvas = createCanvas(1200, 60 + lines.length * 80);
  const context = canvas.getContext('2d');
  context.fillStyle = 'white';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = 'black';
  context.font = '44px Sample';
  lines.forEach((line, row) => {
    context.fillText(line, 60, 80 + row * 80);
  });
  return canvas.encode('png');
}
