import { expect, test } from 'vitest';
import { parseMetadataFilter } from './metadata-filter.ts';

test.each([
  ['[]', []],
  ['[{"key": "customer", "values": ["acme", 1, true]}]', [{ key: 'customer', values: ['acme', '1', 'true'] }]],
  ['[{"key": "customer"}, {"key": "a", "values": []}]', []],
])('%s', (text, groups) => {
  expect(parseMetadataFilter(text)).toEqual(groups);
});

test.each([
  '',
  'customer=acme',
  '{}',
  'null',
  '[1]',
  '[{"values": ["a"]}]',
  '[{"key": "a", "values": "b"}]',
  '[{"key": "a", "values": [{}]}]',
])('%j is refused with 400', (text) => {
  expect(() => parseMetadataFilter(text)).toThrow(expect.objectContaining({ code: 'bad_request' }));
});
