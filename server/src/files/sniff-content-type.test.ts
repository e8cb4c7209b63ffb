import { expect, test } from 'vitest';
import { sniffContentType } from './sniff-content-type.ts';

const latin = (text: string) => Buffer.from(text, 'latin1');
const tar = Buffer.alloc(512);
tar.write('ustar', 257);

test.each<[string, Buffer, string | null, string | undefined]>([
  ['PDF', latin('%PDF-1.7\n%\xe2\xe3'), null, 'application/pdf'],
  ['PDF behind junk', latin('\r\njunk%PDF-1.4'), null, 'application/pdf'],
  ['PNG', latin('\x89PNG\r\n\x1a\n\0\0'), null, 'image/png'],
  ['JPEG', latin('\xff\xd8\xff\xe0'), null, 'image/jpeg'],
  ['GIF', latin('GIF89a'), null, 'image/gif'],
  ['TIFF', latin('II*\0'), null, 'image/tiff'],
  ['WEBP', latin('RIFF\x10\0\0\0WEBPVP8 '), null, 'image/webp'],
  ['TAR', tar, null, 'application/x-tar'],
  ['ZIP', latin('PK\x03\x04....readme.txt'), null, 'application/zip'],
  [
    'DOCX',
    latin('PK\x03\x04..[Content_Types].xml..word/document.xml'),
    null,
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  ],
  ['XLSX', latin('PK\x03\x04..xl/workbook.xml'), null, 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  ['HTML', latin('\n<!DOCTYPE html><p>'), null, 'text/html'],
  ['mail', latin('Received: from a\r\n'), null, 'message/rfc822'],
  ['JSON', latin(' {"a": 1}'), null, 'application/json'],
  ['Liquid is not JSON', latin('{{ secrets }}'), null, 'text/plain'],
  ['CSV by its name', latin('a,b\n1,2\n'), 'rows.CSV', 'text/csv'],
  ['Markdown by its name', latin('# a'), 'a.md', 'text/markdown'],
  ['text', Buffer.from('Grüße'), null, 'text/plain'],
  ['text of one-byte letters', latin('Gr\xfc\xdfe'), null, 'text/plain'],
  ['a PDF that calls itself text', latin('%PDF-1.7'), 'a.csv', 'application/pdf'],
  ['unknown bytes', Buffer.from([1, 2, 3, 0, 5]), 'a.csv', undefined],
  ['nothing', Buffer.alloc(0), 'a.csv', undefined],
  ['text in a file that is named after a prototype', Buffer.from('plain words'), 'notes.constructor', 'text/plain'],
])('%s', (_what, head, filename, expected) => {
  expect(sniffContentType(head, filename)).toBe(expected);
});
