import { expect, test } from 'vitest';
import type { JsonObject } from '#base';
import { parseDefinition } from './parse-definition.ts';
import { planFlow } from './plan-flow.ts';

const receive = {
  name: 'receive',
  isInput: true,
  parametersSchema: { type: 'object' },
  flowInputSchema: { type: 'object' },
  outputSchema: () => ({}),
  defaultReferenceMode: 'single' as const,
  pure: false,
  defaultTimeoutMs: 1000,
};
const send = {
  ...receive,
  name: 'send',
  isInput: false,
  flowInputSchema: null,
  parametersSchema: {
    type: 'object',
    properties: {
      keys: { type: 'array', items: { type: 'string', 'x-secret': true } },
      headers: { type: 'object', additionalProperties: { type: 'string', 'x-secret': true } },
    },
  },
};

function reopenOf(parameters: JsonObject) {
  const tasks = [
    { name: 'receive', task_executor_name: 'receive', parameters: {} },
    { name: 'send', task_executor_name: 'send', parameters },
  ];
  const planned = planFlow(parseDefinition({ name: 'f', tasks }).definition, [receive, send]);
  if ('faults' in planned) throw new Error(JSON.stringify(planned.faults));
  const resolver = planned.plan.resolve.get(1);
  if (!resolver) throw new Error('the plan of the test has no second task');
  return resolver;
}

test('secrets are opened where the definition refers to them, and nowhere else', () => {
  const resolver = reopenOf({
    keys: ['{{secrets.A}}', 'literal', '{{receive.x}}'],
    headers: { Authorization: 'Bearer {{secrets.B}} {{secrets.A}}', 'X-Name': '{{receive.name}}' },
    data: '{{receive.text}}',
  });
  const stored = {
    keys: ['{{secrets.A}}', 'literal', '{{secrets.A}}'],
    headers: { Authorization: 'Bearer {{secrets.B}} {{secrets.A}}', 'X-Name': '{{secrets.B}}' },
    data: '{{secrets.A}}',
  };
  const before = structuredClone(stored);
  expect(resolver.reopen(stored, { A: 'a-value', B: 'b-value' })).toEqual({
    keys: ['a-value', 'literal', '{{secrets.A}}'],
    headers: { Authorization: 'Bearer b-value a-value', 'X-Name': '{{secrets.B}}' },
    data: '{{secrets.A}}',
  });
  expect(stored).toEqual(before);
});

test('a text that mixes a secret with another reference is not guessed at', () => {
  const resolver = reopenOf({ keys: ['{{secrets.A}}-{{receive.x}}'] });
  expect(() => resolver.reopen({ keys: ['{{secrets.A}}-1'] }, { A: 'a' })).toThrow(/tasks\.1\.parameters\.keys\.0 mixes a secret/);
});

test('a secret that is gone is missing', () => {
  expect(() => reopenOf({ keys: ['{{secrets.A}}'] }).reopen({ keys: ['{{secrets.A}}'] }, {})).toThrow("There is no secret 'A'");
});

test('an input that lacks the place, or has another shape there, gets nothing', () => {
  const resolver = reopenOf({ keys: ['{{secrets.A}}'], headers: { a: '{{secrets.A}}' } });
  expect(resolver.reopen({ keys: 'x', headers: null }, { A: 'a' })).toEqual({ keys: 'x', headers: null });
  expect(resolver.reopen({}, { A: 'a' })).toEqual({});
});
