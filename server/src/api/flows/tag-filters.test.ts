import { expect, test } from 'vitest';
import { parseTagFilters } from './tag-filters.ts';

test('groups keep their order, the mode is contains_any unless said, empty ones restrict nothing', () => {
  const text =
    '[{"values":["a","b"]},{"mode":"not_contains_any","values":["c"]},{"mode":"contains_any","values":[]},{"mode":"contains_any"}]';
  expect(parseTagFilters(text)).toEqual([
    { mode: 'contains_any', values: ['a', 'b'] },
    { mode: 'not_contains_any', values: ['c'] },
  ]);
  expect(parseTagFilters('[]')).toEqual([]);
});

test.each(['', '{', '{}', '"a"', '[1]', '[null]', '[[]]', '[{"mode":"all","values":[]}]', '[{"values":"a"}]', '[{"values":[1]}]'])(
  '%s is refused',
  (text) => expect(() => parseTagFilters(text)).toThrow(expect.objectContaining({ code: 'bad_request' })),
);
