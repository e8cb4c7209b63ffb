import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#base';
import { checkSchema } from '#language';
import { contextOf } from '../testing/executor-context.ts';
import { validation } from './validation.ts';

const tasks = { invoice: { net: 100, tax: 19, total: 120, date: null, note: '{{ tasks.invoice.net }}' } };
const run = (parameters: object) => validation.run(parameters as JsonObject, contextOf({ tasks }));

const met = { name: 'net', check: 'invoice.net > 0' };
const sums = { name: 'sums', check: 'invoice.net + invoice.tax == invoice.total', message: 'Not {{ invoice.total }}' };
const dated = { name: 'dated', check: 'invoice.date != null', severity: 'warning', message: 'No date' };

describe('validation', () => {
  test('where every rule is met, the data pass by the route valid', async () => {
    const outcome = await run({ rules: [met], data: tasks.invoice });
    expect(outcome).toMatchObject({
      status: 'completed',
      routes: ['valid'],
      output: { valid: true, violations: [], messages: [], data: tasks.invoice },
    });
  });

  test('a broken rule fails the task for good, and every broken rule is told', async () => {
    const outcome = await run({ rules: [sums, met, dated, { check: 'false' }] });
    expect(outcome).toMatchObject({
      status: 'failed',
      error: {
        code: 'validation_failed',
        retryable: false,
        message: "2 rules are not met: Not 120; The rule 'rule 4' is not met",
        details: [
          { rule: 'sums', severity: 'error', message: 'Not 120' },
          { rule: 'dated', severity: 'warning', message: 'No date' },
          { rule: 'rule 4', severity: 'error' },
        ],
      },
    });
  });

  test.each([
    ['route', false, ['invalid']],
    ['flag', false, ['valid']],
  ])('on_failure %s: valid %s, routes %j', async (onFailure, valid, routes) => {
    const parameters = { rules: [sums, met], on_failure: onFailure, data: 7 };
    const outcome = await run(parameters);
    expect(outcome).toMatchObject({ status: 'completed', routes, output: { valid, data: 7, messages: ['Not 120'] } });
    if (outcome.status === 'completed') expect(checkSchema(validation.outputSchema(parameters as never), outcome.output)).toEqual([]);
  });

  test('a rule may say for itself what it does; the gravest wins', async () => {
    expect(await run({ rules: [{ ...sums, on_failure: 'flag' }] })).toMatchObject({ routes: ['valid'], output: { valid: false } });
    expect(
      await run({
        rules: [
          { ...sums, on_failure: 'flag' },
          { check: 'false', on_failure: 'route' },
        ],
      }),
    ).toMatchObject({
      routes: ['invalid'],
    });
    expect(await run({ on_failure: 'route', rules: [sums, { check: 'false', on_failure: 'fail' }] })).toMatchObject({ status: 'failed' });
  });

  test('a warning changes nothing but the list', async () => {
    expect(await run({ rules: [dated] })).toMatchObject({
      routes: ['valid'],
      output: { valid: true, violations: [{ rule: 'dated', severity: 'warning', message: 'No date' }] },
    });
  });

  test('a rule is left out where its condition says so', async () => {
    expect(await run({ rules: [{ check: 'invoice.date > 5', when: 'invoice.date != null' }] })).toMatchObject({ output: { valid: true } });
  });

  test.each([
    [{ name: 'x', check: 'invoice.date > 5' }, 'expression_error', 'parameters.rules.1.check'],
    [{ name: 'x', check: 'invoice.net' }, 'expression_error', 'parameters.rules.1.check'],
    [{ name: 'x', check: 'true', when: 'invoice.none' }, 'expression_error', 'parameters.rules.1.when'],
    [
      { name: 'x', check: 'false', message: '{% for i in (1..9999999) %}{{ i }}{% endfor %}' },
      'template_error',
      'parameters.rules.1.message',
    ],
  ])('%j is told with the name of the rule and its place', async (rule, code, place) => {
    expect(await run({ rules: [met, rule], on_failure: 'flag' })).toMatchObject({
      status: 'failed',
      error: { code, retryable: false, message: expect.stringContaining("rule 'x'"), details: { expression: "rule 'x'", place } },
    });
  });

  test('what a document says is printed, never run', async () => {
    expect(await run({ on_failure: 'flag', rules: [{ check: 'false', message: '{{ invoice.note }}' }] })).toMatchObject({
      output: { messages: ['{{ tasks.invoice.net }}'] },
    });
  });

  test.each([{}, { rules: [] }, { rules: [{ name: 'a' }] }, { rules: [met], on_failure: 'ignore' }, { rules: [{ ...met, chek: '1' }] }])(
    '%j is refused as a value',
    async (parameters) => {
      expect(await run(parameters)).toMatchObject({ status: 'failed', error: { code: 'invalid_parameters' } });
    },
  );
});
