import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#base';
import { parseDefinition, planFlow } from '#language';
import { receiveFile } from '../receive-file/receive-file.ts';
import { contextOf } from '../testing/executor-context.ts';
import { formatData } from './format-data.ts';

const tasks = {
  invoice: {
    number: 'INV-1',
    total: 119.5,
    lines: [
      { name: 'A', price: 2 },
      { name: 'B', price: 3 },
    ],
    note: '{{ secrets.KEY }} {% if true %}x{% endif %}',
  },
  read: null,
};
const run = (parameters: object) => formatData.run(parameters as never, contextOf({ tasks, input: { who: 'Ada' } }));

describe('format_data', () => {
  test('a template becomes a text', async () => {
    const outcome = await run({
      template: 'No. {{ tasks.invoice.number }} of {{ input.who }}: {% for l in tasks.invoice.lines %}{{ l.name }};{% endfor %}',
    });
    expect(outcome).toMatchObject({ status: 'completed', output: { text: 'No. INV-1 of Ada: A;B;' } });
  });

  test('a document that looks like a template stays text', async () => {
    expect(await run({ template: '[{{ tasks.invoice.note }}]' })).toMatchObject({
      output: { text: '[{{ secrets.KEY }} {% if true %}x{% endif %}]' },
    });
  });

  test('expressions become fields and keep their types', async () => {
    const outcome = await run({
      fields: {
        number: 'invoice.number',
        gross: 'invoice.total * 2.0',
        many: 'size(invoice.lines) > 1',
        names: 'invoice.lines.map(l, l.name)',
        'a key': 'input.who',
      },
    });
    expect(outcome).toMatchObject({
      status: 'completed',
      output: { number: 'INV-1', gross: 239, many: true, names: ['A', 'B'], 'a key': 'Ada' },
    });
  });

  test('what cannot be rendered or evaluated is a failure with its place', async () => {
    expect(await run({ template: '{% for %}' })).toMatchObject({ status: 'failed', error: { code: 'template_error' } });
    expect(await run({ fields: { ok: '1', bad: 'invoice.nothing.deeper' } })).toMatchObject({
      status: 'failed',
      error: { code: 'expression_error', details: { field: 'bad' } },
    });
    expect(await run({ template: '{% for i in (1..100000000) %}x{% endfor %}' })).toMatchObject({
      status: 'failed',
      error: { code: 'template_error' },
    });
  });

  test('exactly one of template and fields', async () => {
    for (const parameters of [{}, { template: 'a', fields: {} }, { text: 'a' }, { fields: { a: 1 } }]) {
      expect(await run(parameters)).toMatchObject({ status: 'failed', error: { code: 'invalid_parameters' } });
    }
    expect(await run(JSON.parse('{"fields": {"__proto__": "1"}}'))).toMatchObject({ status: 'failed' });
  });

  test('the output schema names the fields', () => {
    expect(formatData.outputSchema({ template: 'x' })).toMatchObject({ required: ['text'] });
    expect(formatData.outputSchema({ fields: { a: '1', b: '2' } })).toMatchObject({ required: ['a', 'b'], additionalProperties: false });
    expect(formatData.outputSchema({ fields: '{{x.y}}' })).toMatchObject({ type: 'object' });
  });

  test('a task waits for what its expressions read', () => {
    const definition = {
      name: 'fields',
      tasks: [
        { name: 'receive', task_executor_name: 'receive_file', parameters: {} },
        { name: 'label', task_executor_name: 'format_data', parameters: { fields: { label: 'receive.filename + "!"' } } },
      ],
    };
    const planned = planFlow(parseDefinition(definition).definition, [receiveFile, formatData]);
    if (!('plan' in planned)) throw new Error(planned.faults[0]?.message);
    expect(planned.plan.tasks[1]?.after).toEqual([{ from: 0 }]);
  });

  test('what is computed in passing is what a run gives', async () => {
    const values = { tasks: { a: { n: 2 } }, input: {}, execution: {} };
    const cases: JsonObject[] = [{ fields: { twice: 'a.n * 2' } }, { template: '{{ a.n }}' }, { fields: { bad: 'b.n' } }];
    for (const parameters of cases) {
      const { tasks: earlier, input } = values;
      expect(formatData.compute?.(parameters, values)).toEqual(await formatData.run(parameters, contextOf({ tasks: earlier, input })));
    }
  });
});
