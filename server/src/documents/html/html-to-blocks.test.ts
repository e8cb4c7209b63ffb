import { describe, expect, test } from 'vitest';
import { DocumentError } from '../document-error.ts';
import { setPages } from '../grid/set-pages.ts';
import { htmlToBlocks } from './html-to-blocks.ts';

const textOf = (html: string, paragraphGaps = true): string => [...setPages(htmlToBlocks(html, { paragraphGaps }))][0]?.text ?? '';

describe('what a reader sees of HTML', () => {
  test.each<[string, string, string]>([
    ['blocks are lines', '<div>one</div><div>two <b>bold</b>\n words</div>three<br>four', 'one\ntwo bold words\nthree\nfour'],
    ['paragraphs and headings have white space around them', '<h1>Title</h1><p>one</p><p>two</p>', 'Title\n\none\n\ntwo'],
    ['lists have their marks', '<ul><li>a</li><li>b</li></ul><ol><li>c</li><li>d</li></ol>', '- a\n- b\n1. c\n2. d'],
    [
      'scripts, styles and what is hidden are not seen',
      '<style>p{}</style><p>a<script>alert(1)</script></p><p hidden>b</p><p style="color:red; display: none">c</p>d',
      'a\n\nd',
    ],
    ['entities are characters', '<p>5 &lt; 7 &amp; 3&nbsp;&euro;</p>', '5 < 7 & 3 €'],
    ['preformatted text keeps its lines', '<pre>a\nb</pre>', 'a\nb'],
    [
      'a table has tabs and lines',
      '<table><tr><th>Item</th><th>Qty</th></tr><tr><td>Chair<br>grey</td><td>2</td></tr></table>',
      'Item\tQty\nChair grey\t2',
    ],
    [
      'cells over columns and rows keep the others in place',
      '<table><tr><td rowspan=2>a</td><td>b</td><td>c</td></tr><tr><td colspan=2>d</td></tr><tr><td>e</td><td>f</td><td>g</td></tr></table>',
      'a\tb\tc\n\td\ne\tf\tg',
    ],
    [
      'a table that arranges the page is text',
      '<table><tr><td>Left</td><td><table><tr><td>a</td><td>b</td></tr></table></td></tr></table>',
      'Left\na\tb',
    ],
    ['tags that nobody closes', '<table><tr><td>a<td>b<tr><td>c<td>d', 'a\tb\nc\td'],
    ['a picture is its description', '<p>Logo: <img src="http://127.0.0.1:1/x.png" alt="Acme"></p>', 'Logo: Acme'],
  ])('%s', (_name, html, expected) => {
    expect(textOf(html)).toBe(expected);
  });

  test('a page too deep is refused, one with a thousand tables within one another is read', () => {
    expect(() => htmlToBlocks('<div>'.repeat(5_000), { paragraphGaps: true })).toThrow(DocumentError);
    expect(textOf(`${'<table><tr><td>'.repeat(300)}deep`)).toBe('deep');
  });
});

describe('pages of what has none', () => {
  test('cells of a table stand in columns, with the box of their words', () => {
    const [page] = setPages(
      htmlToBlocks('<p>Order</p><table><tr><td>Item</td><td>Price</td></tr><tr><td>A long chair</td><td>7.50</td></tr></table>', {
        paragraphGaps: false,
      }),
    );
    expect(page).toMatchObject({ width: 20, height: 3, text: 'Order\nItem\tPrice\nA long chair\t7.50', source: 'text_layer' });
    expect(page?.tables?.[0]?.rows[1]?.[1]).toEqual({ text: '7.50', box: [0.75, 0.66667, 0.95, 1] });
    expect(page?.text.split(/\s+/)).toEqual(page?.words.map((word) => word.text));
  });

  test('long text is wrapped on the page, not in its text; a long table goes on over pages', () => {
    const [page] = setPages([{ kind: 'line', text: 'word '.repeat(100) }]);
    expect([page?.height, page?.text.includes('\n')]).toEqual([5, false]);
    const pages = [...setPages([{ kind: 'table', rows: Array.from({ length: 2_500 }, (_, row) => [`r${row}`, 'x']) }])];
    expect(pages.map((each) => each.tables?.map(({ rows, continues }) => [rows.length, continues]))).toEqual([
      [[1000, false]],
      [[1000, true]],
      [[500, true]],
    ]);
  });
});
