import { expect, test } from 'vitest';
import { cleanFileName, readUploadHeaders, toDisposition } from './file-name.ts';

test.each<[string | undefined | null, string | null]>([
  ['invoice.pdf', 'invoice.pdf'],
  ['../../etc/passwd', 'passwd'],
  ['C:\\temp\\x.pdf', 'x.pdf'],
  ['\\\\server\\share\\x.pdf', 'x.pdf'],
  ['a\0b\n.pdf', 'ab.pdf'],
  ['..', null],
  ['a/', null],
  ['  ', null],
  ['', null],
  [null, null],
  [undefined, null],
  ['x'.repeat(300), 'x'.repeat(255)],
])('%j is named %j', (given, expected) => {
  expect(cleanFileName(given)).toBe(expected);
});

test.each<[string, string | null]>([
  ['attachment; filename=plain.pdf', 'plain.pdf'],
  ['attachment; filename="two words.pdf"', 'two words.pdf'],
  ['attachment; filename="quote \\" here.pdf"', 'quote " here.pdf'],
  ["attachment; filename=x.pdf; filename*=UTF-8''na%C3%AFve.pdf", 'naïve.pdf'],
  ["attachment; filename*=UTF-8''%zz", '%zz'],
  ['attachment', null],
  [Buffer.from('attachment; filename="Grüße.pdf"').toString('latin1'), 'Grüße.pdf'],
])('the header %j names %j', (header, expected) => {
  expect(readUploadHeaders({ 'content-disposition': header }).filename).toBe(expected);
});

test('metadata headers are kept without their prefix, and may name the file', () => {
  const headers = { 'x-goog-meta-customer': 'acme', 'x-goog-meta-original-filename': 'a.pdf', 'x-other': 'no' };
  expect(readUploadHeaders(headers)).toEqual({ filename: 'a.pdf', metadata: { customer: 'acme', 'original-filename': 'a.pdf' } });
});

test('a file without a name is saved under its id, with the ending of its type', () => {
  expect(toDisposition({ id: 'id', filename: null, contentType: 'text/csv' })).toBe(
    `attachment; filename="id.csv"; filename*=UTF-8''id.csv`,
  );
  expect(toDisposition({ id: 'id', filename: `a"';\r\n.txt`, contentType: 'text/plain' })).not.toMatch(/[\r\n]/);
});
