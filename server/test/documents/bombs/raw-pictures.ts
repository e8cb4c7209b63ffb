import { crc32, deflateSync } from 'node:zlib';
import { pngHeader } from '../../../src/documents/testing/sample-documents.ts';

/** A TIFF of one strip, or of as many directories as `pages`; `next` is where the last one leads. */
export function tiff(width: number, height: number, pages = 1, next = 0): Buffer {
  const entries: [tag: number, type: number, value: number][] = [
    [256, 4, width],
    [257, 4, height],
    [258, 3, 8],
    [259, 3, 1],
    [262, 3, 1],
    [273, 4, 8],
    [277, 3, 1],
    [278, 4, height],
    [279, 4, 16],
  ];
  const size = 2 + entries.length * 12 + 4;
  const bytes = Buffer.alloc(24 + size * pages);
  bytes.write('II*\0', 0, 'latin1');
  bytes.writeUInt32LE(24, 4);
  for (let page = 0; page < pages; page++) {
    const at = 24 + page * size;
    bytes.writeUInt16LE(entries.length, at);
    entries.forEach(([tag, type, value], index) => {
      const place = at + 2 + index * 12;
      bytes.writeUInt16LE(tag, place);
      bytes.writeUInt16LE(type, place + 2);
      bytes.writeUInt32LE(1, place + 4);
      if (type === 3) bytes.writeUInt16LE(value, place + 8);
      else bytes.writeUInt32LE(value, place + 8);
    });
    bytes.writeUInt32LE(page === pages - 1 ? next : at + size, at + size - 4);
  }
  return bytes;
}

/** A WebP whose header says a canvas of that size (up to 2^24 each way), or a lossless picture of 16,384 each way. */
export function webp(kind: 'canvas' | 'lossless', side: number): Buffer {
  const chunk = Buffer.alloc(kind === 'canvas' ? 10 : 16);
  if (kind === 'canvas') {
    chunk.writeUIntLE(side - 1, 4, 3);
    chunk.writeUIntLE(side - 1, 7, 3);
  } else {
    chunk[0] = 0x2f;
    chunk.writeUInt32LE(((side - 1) & 0x3fff) | (((side - 1) & 0x3fff) << 14), 1);
  }
  const body = Buffer.concat([Buffer.from(kind === 'canvas' ? 'WEBPVP8X' : 'WEBPVP8L'), Buffer.alloc(4), chunk]);
  body.writeUInt32LE(chunk.length, 8);
  const head = Buffer.from('RIFF\0\0\0\0', 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body]);
}

/** The frame of a JPEG, and no picture. */
export function jpegHeader(width: number, height: number): Buffer {
  const frame = Buffer.from([0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, 0, 0, 0, 1, 1, 0x11, 0, 0xff, 0xd9]);
  frame.writeUInt16BE(height, 7);
  frame.writeUInt16BE(width, 9);
  return frame;
}

/** A picture of one pixel that brings a text of 80 MB along, packed. */
export function pngWithText(): Buffer {
  const header = pngHeader(1, 1);
  const body = Buffer.concat([Buffer.from('zTXtnote\0\0', 'latin1'), deflateSync(Buffer.alloc(80_000_000, 'a'))]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(body.length - 4, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([header.subarray(0, 33), frame.subarray(0, 4), body, frame.subarray(4), header.subarray(33)]);
}
