import { expect, test } from 'vitest';
import { findCredential } from './authenticate.ts';

const KEY = 'saf_org_aaaaaaaa_bbbbbbbb_secret';

test.each([
  ['nothing', {}, undefined],
  ['a bearer token', { authorization: 'Bearer abc.def.ghi' }, 'abc.def.ghi'],
  ['any case, any space', { authorization: '  bEaReR   abc ' }, 'abc'],
  ['a key as bearer', { authorization: `Bearer ${KEY}` }, KEY],
  ['a bare key', { authorization: KEY }, KEY],
  ['X-API-Key', { 'x-api-key': ` ${KEY} ` }, KEY],
  ['bearer before X-API-Key', { authorization: 'Bearer abc', 'x-api-key': KEY }, 'abc'],
  ['an empty bearer decides as well', { authorization: 'Bearer', 'x-api-key': KEY }, ''],
  ["a proxy's Basic beside X-API-Key", { authorization: 'Basic dXNlcjpwYXNz', 'x-api-key': KEY }, KEY],
  ['Basic alone', { authorization: 'Basic dXNlcjpwYXNz' }, undefined],
  ['a token without its scheme', { authorization: 'abc.def.ghi' }, undefined],
])('%s', (_name, headers, credential) => {
  expect(findCredential(headers)).toBe(credential);
});
