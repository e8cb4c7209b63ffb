import { describe, expect, test } from 'vitest';
import { readText } from './read-text.ts';

const schema = {
  type: 'object',
  required: ['must'],
  properties: {
    must: { type: 'string' },
    flag: { type: 'boolean' },
    maybe: { type: ['boolean', 'null'] },
    count: { type: 'integer', default: 1 },
    ratio: { type: 'number' },
    words: { type: 'array', items: { type: 'string' } },
    statuses: { type: 'array', items: { type: 'string' }, 'x-comma-separated': true },
    either: { anyOf: [{ type: 'array', items: { type: 'integer' } }, { type: 'null' }] },
  },
};

describe('text of a query becomes the declared type', () => {
  test.each([
    ['true', true],
    ['TRUE', true],
    ['1', true],
    ['yes', true],
    ['On', true],
    ['false', false],
    ['0', false],
    ['no', false],
    ['OFF', false],
    ['maybe', 'maybe'],
    ['constructor', 'constructor'],
  ])('boolean %s', (text, value) => {
    expect(readText(schema, { flag: text, maybe: text })).toEqual({ flag: value, maybe: value });
  });

  test.each([
    ['7', 7],
    ['-3', -3],
    ['+2', 2],
    ['7.5', '7.5'],
    ['0x10', '0x10'],
    ['seven', 'seven'],
    ['1e3', '1e3'],
  ])('integer %s', (text, value) => {
    expect(readText(schema, { count: text })).toEqual({ count: value });
  });

  test('a number may have a fraction and an exponent', () => {
    expect(readText(schema, { ratio: '2.5e2' })).toEqual({ ratio: 250 });
    expect(readText(schema, { ratio: 'Infinity' })).toEqual({ ratio: 'Infinity' });
  });

  test('one value of a list is a list; only lists that say so are split at commas', () => {
    expect(readText(schema, { words: 'a,b', statuses: ['queued,running', 'failed'] })).toEqual({
      words: ['a,b'],
      statuses: ['queued', 'running', 'failed'],
    });
    expect(readText(schema, { either: ['1', '2'] })).toEqual({ either: [1, 2] });
  });

  test('an empty optional parameter is absent, an empty required one is not', () => {
    expect(readText(schema, { must: '', flag: '', count: '', words: '' })).toEqual({ must: '' });
  });

  test('of a scalar given twice the last counts, and what is not declared is dropped', () => {
    expect(readText(schema, { count: ['1', '9'], unknown: 'x' })).toEqual({ count: 9 });
  });

  test('a parameter named like a member of Object is not one that was sent', () => {
    expect(readText({ properties: { constructor: { type: 'string' } } }, {})).toEqual({});
  });
});
