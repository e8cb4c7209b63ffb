import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { logLine } from './log-line.ts';

const cyclic: Record<string, unknown> = {};
cyclic['self'] = cyclic;

describe('a line is', () => {
  test.each([
    ['a message', ['read the document'], 'read the document', undefined],
    ['fields and a message', [{ pages: 3 }, 'read'], 'read', '{"pages":3}'],
    ['a message with values', ['read %d of %s', 2, 'x.pdf'], 'read 2 of x.pdf', undefined],
    ['fields alone', [{ pages: 3 }], '', '{"pages":3}'],
    ['nothing', [], '', undefined],
    ['an error', [new RangeError('too far')], 'too far', '{"err":{"type":"RangeError","message":"too far"}}'],
    ['an error among fields', [{ err: new Error('no') }, 'failed'], 'failed', '{"err":{"type":"Error","message":"no"}}'],
    ['a list', [[1, 2], 'two'], 'two', '{"value":[1,2]}'],
    ['a cycle', [cyclic, 'round'], 'round', '{"unreadable":"the fields are no JSON"}'],
    ['what JSON writes otherwise', [{ n: 5n, none: undefined, at: new Date(0) }], '', '{"n":"5","at":"1970-01-01T00:00:00.000Z"}'],
    ['NUL and half a pair', ['a\0b\ud800c', 1], 'a\ufffdb\ufffdc 1', undefined],
    ['NUL and half a pair among fields', [{ a: '\0\udc00😀' }, 'm'], 'm', '{"a":"\\ufffd\\ufffd😀"}'],
    [
      'what bears the name of a secret',
      [{ api_key: 'k', deep: [{ Password: 1 }], tokens: 3 }],
      '',
      '{"api_key":"[redacted]","deep":[{"Password":"[redacted]"}],"tokens":3}',
    ],
  ])('%s', (_, given, message, fields) => {
    expect(logLine('info', given)).toEqual({ level: 'info', message, fields });
  });

  test('cut where it is too long, and never within a character', () => {
    const { message } = logLine('info', [`${'a'.repeat(3998)}😀😀`]);
    expect(message).toBe(`${'a'.repeat(3998)}…`);
    expect(message.isWellFormed()).toBe(true);
    expect(logLine('info', ['b'.repeat(4000)]).message).toBe('b'.repeat(4000));
    const fields = logLine('info', [{ text: 'é'.repeat(10_000) }, 'much']).fields ?? '';
    expect(Buffer.byteLength(fields)).toBeLessThan(16 * 1024);
    expect(JSON.parse(fields)).toEqual({ cut: expect.stringMatching(/^\{"text":"é+…$/) });
  });
});

test('whatever is logged becomes a line that the database can hold', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '\0', '\ud800', '\udc00', '😀', '"', '\\', '\\u0000', '%s', '%o') });
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withTypedArray: true,
    values: [text],
  });
  fc.assert(
    fc.property(fc.array(fc.oneof(text, anything), { maxLength: 3 }), (given) => {
      const { message, fields } = logLine('info', given);
      expect(message.length).toBeLessThanOrEqual(4000);
      expect(`${message}${fields}`.isWellFormed()).toBe(true);
      expect(message).not.toMatch(/\0/);
      if (fields === undefined) return;
      const value: unknown = JSON.parse(fields);
      expect(value).toBeTypeOf('object');
      expect(fields).not.toMatch(/(^|[^\\])(\\\\)*\\u(0000|d[89a-f]..)/i);
    }),
    { numRuns: 500 },
  );
});
