import { expect, test } from 'vitest';
import { FlowError } from '#base';
import { MAX_JSON_DEPTH, parseJsonBody } from './body-parsers.ts';

function refusalOf(text: string): FlowError {
  try {
    parseJsonBody(text);
  } catch (error) {
    if (error instanceof FlowError) return error;
  }
  throw new Error('was not refused');
}

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

test('an empty body is none', () => {
  expect(parseJsonBody(' \n')).toBeUndefined();
});

test.each(['{', '{"a":1,}', 'nope', '{"a":NaN}'])('%s is not JSON', (text) => {
  expect(refusalOf(text)).toMatchObject({ code: 'bad_request', status: 400 });
});

test('nesting ends at the limit, and a million levels cost no stack', () => {
  expect(() => parseJsonBody(nested(MAX_JSON_DEPTH))).not.toThrow();
  expect(refusalOf(nested(MAX_JSON_DEPTH + 1)).code).toBe('bad_request');
  expect(refusalOf(nested(1_000_000)).code).toBe('bad_request');
});

test.each(['{"__proto__": {"admin": true}}', '{"a": [{"\\u005f_proto__": 1}]}'])('%s is refused', (text) => {
  expect(refusalOf(text).code).toBe('bad_request');
});

test('NUL and half a surrogate pair are refused with their place', () => {
  expect(refusalOf('{"a": {"b": ["x", "y\\u0000"]}}')).toMatchObject({
    code: 'validation_error',
    details: [{ loc: ['body', 'a', 'b', 1] }],
  });
  expect(refusalOf('{"a": "\\ud800"}')).toMatchObject({ code: 'validation_error', details: [{ loc: ['body', 'a'] }] });
  expect(refusalOf('{"k\\u0000": 1}').code).toBe('validation_error');
});

test('emoji and a byte order mark are well', () => {
  expect(parseJsonBody('\ufeff{"a": "😀"}')).toEqual({ a: '😀' });
});
