import { gzipSync } from 'node:zlib';
import { pngHeader } from '../../../src/documents/testing/sample-documents.ts';
import { docxFiles } from '../../../src/documents/testing/sample-office.ts';
import type { Bomb } from './bomb.ts';
import { jpegHeader, pngWithText, tiff, webp } from './raw-pictures.ts';
import { rawZip } from './raw-zip.ts';

const bomb = (mimeType: string, name: string, make: () => Buffer, ...ends: string[]): Bomb => ({ name, mimeType, make, ends });
const text = (make: () => string) => (): Buffer => Buffer.from(make(), 'latin1');

const MESSAGE = 'From: a@example.com\r\nTo: b@example.com\r\nSubject: s\r\nMIME-Version: 1.0\r\n';
const multipart = (boundary: string, parts: string): string =>
  `${MESSAGE}Content-Type: multipart/mixed; boundary=${boundary}\r\n\r\n${parts}--${boundary}--\r\n`;
const attached = (type: string, name: string, content: Buffer | string): string =>
  `--b\r\nContent-Type: ${type}\r\nContent-Disposition: attachment; filename="${name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(content as string).toString('base64')}\r\n`;

function messagesWithin(depth: number): Buffer {
  let message = `${MESSAGE}\r\nThe innermost\r\n`;
  for (let level = 0; level < depth; level++) {
    message = `${MESSAGE}Content-Type: multipart/mixed; boundary=b${level}\r\n\r\n--b${level}\r\nContent-Type: message/rfc822\r\n\r\n${message}\r\n--b${level}--\r\n`;
  }
  return Buffer.from(message);
}

function partsWithin(depth: number): Buffer {
  let parts = '';
  for (let level = 0; level < depth; level++) parts += `--b${level}\r\nContent-Type: multipart/mixed; boundary=b${level + 1}\r\n\r\n`;
  return Buffer.from(`${MESSAGE}Content-Type: multipart/mixed; boundary=b0\r\n\r\n${parts}`);
}

const wordBomb = (): Buffer =>
  rawZip(
    [...Object.entries(docxFiles('')), ['word/a.xml', Buffer.alloc(50_000_000, ' ')] as const].map(([name, content]) => ({
      name,
      content: Buffer.from(content as string),
    })),
  );

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>';

/** Pictures, pages of the web, messages, tables and files that are two things at once. `canary` is an address that nobody may call. */
export const otherBombs = (canary: string): Bomb[] => [
  bomb('image/png', 'a PNG of ten thousand megapixels', () => pngHeader(100_000, 100_000), 'too_many_pixels'),
  bomb(
    'image/png',
    'a PNG of one line, two thousand million wide',
    () => pngHeader(2_000_000_000, 1),
    'too_many_pixels',
    'unreadable_document',
  ),
  bomb('image/png', 'a PNG that brings 80 MB of text', pngWithText, 'unreadable_document', 'read', 'document_memory'),
  bomb('image/jpeg', 'a JPEG of 65,500 x 65,500', () => jpegHeader(65_500, 65_500), 'too_many_pixels', 'unreadable_document'),
  bomb('image/tiff', 'a TIFF of ten thousand megapixels', () => tiff(100_000, 100_000), 'too_many_pixels', 'unreadable_document'),
  bomb('image/tiff', 'a TIFF of fifty thousand pages', () => tiff(10, 10, 50_000), 'too_many_pages', 'unreadable_document'),
  bomb('image/tiff', 'a TIFF whose pages go round', () => tiff(10, 10, 3, 24), 'too_many_pages', 'unreadable_document', 'read'),
  bomb(
    'image/webp',
    'a WebP that says it has a canvas of 16 million each way',
    () => webp('canvas', 16_000_000),
    'too_many_pixels',
    'unreadable_document',
  ),
  bomb('image/webp', 'a WebP of 16,384 x 16,384', () => webp('lossless', 16_384), 'too_many_pixels', 'unreadable_document'),
  bomb(
    'text/html',
    'HTML a million deep',
    text(() => '<div>'.repeat(1_000_000)),
    'unreadable_document',
  ),
  bomb(
    'text/html',
    'a million lists',
    text(() => '<ul><li>'.repeat(500_000)),
    'unreadable_document',
  ),
  bomb(
    'text/html',
    'two hundred thousand tables one after another',
    text(() => '<table><tr><td>a<td>b</table>'.repeat(200_000)),
    'document_memory',
    'read',
    'document_timeout',
    'document_too_large',
  ),
  bomb(
    'text/html',
    'a table whose cells reach over everything',
    text(() => `<table>${'<tr><td colspan=1000000 rowspan=1000000>a'.repeat(500)}</table>`),
    'read',
    'document_memory',
  ),
  bomb(
    'text/html',
    'an attribute of 30 MB',
    text(() => `<p title="${'a'.repeat(30_000_000)}">x</p>`),
    'read',
    'document_memory',
  ),
  bomb(
    'text/html',
    'a million attributes',
    text(() => `<p ${'a=b '.repeat(1_000_000)}>x</p>`),
    'read',
    'document_memory',
  ),
  bomb(
    'text/html',
    'tags that never end',
    text(() => '<a '.repeat(3_000_000)),
    'read',
    'document_memory',
    'unreadable_document',
    'document_timeout',
  ),
  bomb(
    'text/html',
    'a page that calls',
    text(
      () =>
        `<html><img src="${canary}/i"><link rel=stylesheet href="${canary}/s"><iframe src="${canary}/f"></iframe><meta http-equiv=refresh content="0;${canary}/r">hello`,
    ),
    'read',
  ),
  bomb(
    'message/rfc822',
    'a message of a hundred thousand parts',
    text(() => multipart('b', '--b\r\n\r\na\r\n'.repeat(100_000))),
    'document_too_large',
  ),
  bomb('message/rfc822', 'parts a thousand deep', () => partsWithin(900), 'unreadable_document', 'document_too_large'),
  bomb('message/rfc822', 'messages five deep', () => messagesWithin(5), 'document_too_large'),
  bomb('message/rfc822', 'messages two hundred deep', () => messagesWithin(200), 'document_too_large', 'unreadable_document'),
  bomb(
    'message/rfc822',
    'a hundred attachments',
    text(() => multipart('b', attached('text/plain', 'a.txt', 'a').repeat(100))),
    'document_too_large',
  ),
  bomb(
    'message/rfc822',
    'a bomb attached',
    text(() => multipart('b', attached('application/octet-stream', 'a.docx', wordBomb()))),
    'document_too_large',
  ),
  bomb(
    'message/rfc822',
    'a picture of ten thousand megapixels attached',
    text(() => multipart('b', attached('image/png', 'a.png', pngHeader(100_000, 100_000)))),
    'too_many_pixels',
  ),
  bomb(
    'message/rfc822',
    'headers of 5 MB',
    text(() => `From: a@example.com\r\n${'X-Note: a\r\n'.repeat(500_000)}Subject: s\r\n\r\nx`),
    'unreadable_document',
    'document_too_large',
  ),
  bomb(
    'message/rfc822',
    'a page in it that calls',
    text(() => `${MESSAGE}Content-Type: text/html\r\n\r\n<img src="${canary}/mail">hello`),
    'read',
  ),
  bomb(
    'text/csv',
    'a line of 50 MB',
    text(() => 'a'.repeat(50_000_000)),
    'document_too_large',
  ),
  bomb(
    'text/csv',
    'a line of 3 MB',
    text(() => `a,b\n${'a'.repeat(3_000_000)},1\n`),
    'document_too_large',
  ),
  bomb(
    'text/csv',
    'a million columns',
    text(() => ','.repeat(1_000_000)),
    'document_too_large',
  ),
  bomb(
    'text/csv',
    'a quote that never ends',
    text(() => `a,b\n"${'x,y\n'.repeat(2_000_000)}`),
    'document_memory',
    'read',
    'document_too_large',
  ),
  bomb(
    'text/csv',
    'four million quotes',
    text(() => `a,b\n${'"'.repeat(4_000_000)}`),
    'document_too_large',
    'read',
  ),
  bomb(
    'text/csv',
    'two million rows',
    text(() => 'a,b\n'.repeat(2_000_000)),
    'document_memory',
  ),
  bomb(
    'text/csv',
    'wide rows among a million short ones',
    text(() => `${','.repeat(10_000)}\n${'a\n'.repeat(500_000)}`),
    'document_memory',
  ),
  bomb(
    'text/plain',
    'twenty million words',
    text(() => 'a a a a a a a a a a\n'.repeat(2_000_000)),
    'document_memory',
  ),
  bomb(
    'text/plain',
    'a word of 60 MB',
    text(() => 'a'.repeat(60_000_000)),
    'read',
    'document_memory',
    'document_too_large',
  ),
  bomb(
    'text/plain',
    'thirty million lines',
    text(() => '\n'.repeat(30_000_000)),
    'read',
    'document_memory',
    'too_many_pages',
  ),
  bomb(
    'image/png',
    'SVG that poses as a PNG',
    text(() => SVG),
    'unreadable_document',
  ),
  { name: 'SVG that nobody declares', make: text(() => `<?xml version="1.0"?><!-- a -->${SVG}`), ends: ['unsupported_type'] },
  bomb('image/png', 'a PNG in front of SVG', () => Buffer.concat([pngHeader(10, 10), Buffer.from(SVG)]), 'unreadable_document', 'read'),
  bomb(
    'image/svg+xml',
    'SVG with entities',
    text(() => `<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>`),
    'unsupported_type',
  ),
  bomb(
    'text/html',
    'SVG that poses as HTML',
    text(() => SVG),
    'unreadable_document',
  ),
  bomb(
    'application/pdf',
    'HTML in front of a PDF',
    text(() => `<html><script>alert(1)</script>%PDF-1.7`),
    'unreadable_document',
  ),
  bomb(
    'application/pdf',
    'GIF and script in front of a PDF',
    text(() => 'GIF89a/*%PDF-1.7*/=1;alert(1)'),
    'unreadable_document',
  ),
  { name: 'a gzip bomb', make: () => gzipSync(Buffer.alloc(50_000_000)), ends: ['unsupported_type'] },
];
