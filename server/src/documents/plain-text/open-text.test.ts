import { expect, test } from 'vitest';
import type { Page } from '../document.ts';
import { openText } from './open-text.ts';

async function pagesOf(bytes: Buffer): Promise<Page[]> {
  const pages: Page[] = [];
  const document = await openText(bytes);
  expect(await document.parse((page) => pages.push(page))).toEqual([]);
  return pages;
}

test('a word stands where it stands in the grid of characters', async () => {
  const [page] = await pagesOf(Buffer.from('Total:\t12,50 €\r\n\r\nDanke schön'));
  expect(page).toMatchObject({ number: 1, width: 15, height: 3, text: 'Total:  12,50 €\n\nDanke schön', source: 'text_layer', quality: 1 });
  expect(page?.words.map((word) => word.text)).toEqual(['Total:', '12,50', '€', 'Danke', 'schön']);
  expect(page?.words[1]?.box).toEqual([0.53333, 0, 0.86667, 0.33333]);
});

test('Windows-1252 and UTF-16 are read as what they are', async () => {
  expect((await pagesOf(Buffer.from('Stra\xdfe \x80', 'latin1')))[0]?.text).toBe('Straße €');
  expect((await pagesOf(Buffer.from('\ufeffStraße', 'utf16le')))[0]?.text).toBe('Straße');
});

test('a template in a text is text, a NUL is not', async () => {
  expect((await pagesOf(Buffer.from('{{ secrets.KEY }} a\0b')))[0]?.text).toBe('{{ secrets.KEY }} ab');
});

test('a form feed ends a page, as do so many lines that no reader calls them one', async () => {
  expect((await pagesOf(Buffer.from('one\ftwo'))).map((page) => [page.number, page.text])).toEqual([
    [1, 'one'],
    [2, 'two'],
  ]);
  expect((await pagesOf(Buffer.from('line\n'.repeat(2_500)))).map((page) => page.height)).toEqual([1_000, 1_000, 500]);
});
