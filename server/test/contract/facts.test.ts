import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type ContractFacts, describeContract, type Shape } from '../../../tools/describe-contract.ts';
import { compareFacts } from './compare-facts.ts';

const read = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
const facts: ContractFacts = read('./facts.json');
const tags = new Set(Object.values(facts.operations).map(({ tag }) => tag));
const served = describeContract(read('../../../docs/reference/openapi.json'), tags);

test('the table has every operation of its tags, but those of invitations', () => {
  const counted = Object.groupBy(Object.values(facts.operations), ({ tag }) => tag);
  expect(Object.fromEntries(Object.entries(counted).map(([tag, list]) => [tag, list?.length]))).toEqual({
    flows: 22,
    'flow-executions': 8,
    'task-executions': 4,
    'task-executors': 1,
    'task-data': 1,
    'task-outputs': 3,
    'task-tags': 2,
    files: 2,
    models: 1,
    profile: 2,
    'service-accounts': 9,
  });
});

test('it holds no sentences', () => {
  const text = JSON.stringify(facts);
  expect(text).not.toMatch(/"(description|summary|title|examples?)":\s*"/);
  expect([...text.matchAll(/"[^"]*\s[^"]*\s[^"]*\s[^"]*"/g)].map(([found]) => found)).toEqual([]);
});

/** What we refuse although the table has no such limit, each with its reason. */
const DECIDED: Record<string, string> = {
  'GET /api/flows query search: maxLength 200 is stricter than undefined': 'G7: a search is a pattern over every row',
  'GET /api/flows/available-tags query search: maxLength 200 is stricter than undefined': 'G7',
  'GET /api/flows/{}/versions/summary query search: maxLength 200 is stricter than undefined': 'G7',
  'GET /api/flows/{}/metadata/keys query key_like: maxLength 200 is stricter than undefined': 'G7',
  'GET /api/flows/{}/metadata/values query value_like: maxLength 200 is stricter than undefined': 'G7',
  'POST /api/flows body.visibility: takes enum instead of any': 'untyped there, though only three words have a meaning',
  'PATCH /api/flows/{} body.visibility: takes enum instead of any': 'the same',
};

test('what is served misses nothing of it', () => {
  expect(compareFacts(facts, served).sort()).toEqual(Object.keys(DECIDED).sort());
});

const body = (shape: Shape): ContractFacts => ({
  operations: { 'POST /x': { tag: 'x', parameters: [], body: shape, responses: {} } },
  shapes: {},
});
const answer = (shape: Shape | null): ContractFacts => ({
  operations: { 'POST /x': { tag: 'x', parameters: [], responses: { 200: shape } } },
  shapes: {},
});
const text: Shape = { types: ['string'] };
const object = (properties: Record<string, Shape>, ...required: string[]): Shape => ({ types: ['object'], properties, required });

test.each<[string, ContractFacts, ContractFacts, number]>([
  ['a wider type taken', body(text), body({ types: ['string', 'object'] }), 0],
  ['a narrower type taken', body(text), body({ types: ['integer'] }), 1],
  ['a stricter limit', body(text), body({ ...text, limits: { maxLength: 5 } }), 1],
  ['a looser limit', body({ ...text, limits: { maxLength: 5 } }), body({ ...text, limits: { maxLength: 9 } }), 0],
  ['a field that is not read', body(object({ a: text, b: text })), body(object({ a: text })), 1],
  ['a field that is required here alone', body(object({ a: text })), body(object({ a: text }, 'a')), 1],
  ['null that is refused', body({ ...text, nullable: true }), body(text), 1],
  ['a word that is not known', body({ types: ['enum'], enum: ['a', 'b'] }), body({ types: ['enum'], enum: ['a'] }), 1],
  ['a word more', answer({ types: ['enum'], enum: ['a'] }), answer({ types: ['enum'], enum: ['a', 'b'] }), 0],
  ['a field that is not given', answer(object({ a: text })), answer(object({})), 1],
  ['a field that may be absent here alone', answer(object({ a: text }, 'a')), answer(object({ a: text })), 1],
  ['null that is given here alone', answer(text), answer({ ...text, nullable: true }), 1],
  ['no JSON', answer(text), answer(null), 1],
  ['no list', answer({ types: ['array'], items: text }), answer({ types: ['array'] }), 1],
  ['an operation that is missing', answer(text), { operations: {}, shapes: {} }, 1],
])('the comparison judges %s', (_, theirs, ours, faults) => {
  expect(compareFacts(theirs, ours)).toHaveLength(faults);
});
