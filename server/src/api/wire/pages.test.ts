import { expect, test } from 'vitest';
import { cutPage } from './pages.ts';

const address = { publicUrl: 'https://flow.example', requestUrl: '/api/things?limit=2&name=a%20b&starting_after=zero' };
const cut = (rows: string[]) => cutPage(rows, { limit: 2, markOf: (row) => `${row}/1` }, address);

test.each([
  ['no row', [], []],
  ['fewer than the limit', ['a'], ['a']],
  ['as many', ['a', 'b'], ['a', 'b']],
])('%s: the list ends with the page', (_name, rows, shown) => {
  expect(cut(rows)).toEqual({ shown, nextUrl: undefined });
});

test('one more tells of a next page, which starts after the last that is shown; the rest of the address stays', () => {
  const { shown, nextUrl } = cut(['a', 'b', 'c']);
  expect(shown).toEqual(['a', 'b']);
  const next = new URL(nextUrl ?? '');
  expect([next.origin, next.pathname]).toEqual(['https://flow.example', '/api/things']);
  expect(Object.fromEntries(next.searchParams)).toEqual({ limit: '2', name: 'a b', starting_after: 'b/1' });
});
