import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#base';
import { contextOf } from '../testing/executor-context.ts';
import { branch } from './branch.ts';

const tasks = { invoice: { total: 120, note: null, text: 'true; input.secret' } };
const run = (parameters: object) => branch.run(parameters as JsonObject, contextOf({ tasks, input: { n: 1 } }));

describe('branch', () => {
  const routes = [
    { name: 'huge', when: 'invoice.total > 1000.0' },
    { name: 'large', when: 'invoice.total > 100.0' },
    { name: 'any', when: 'true' },
  ];

  test('takes the first route whose condition is true', async () => {
    expect(await run({ routes })).toMatchObject({
      status: 'completed',
      routes: ['large'],
      output: { route: 'large', routes: ['large'] },
    });
  });

  test('takes them all in mode all', async () => {
    expect(await run({ routes, mode: 'all', else: 'rest' })).toMatchObject({ routes: ['large', 'any'], output: { route: 'large' } });
  });

  test('takes else where none is true, and no route where there is no else', async () => {
    const [huge] = routes;
    expect(await run({ routes: [huge], else: 'rest' })).toMatchObject({ routes: ['rest'], output: { route: 'rest', routes: ['rest'] } });
    expect(await run({ routes: [huge] })).toMatchObject({ status: 'completed', routes: [], output: { route: null, routes: [] } });
  });

  test('routes of one name are one route, by either condition', async () => {
    const parameters = { routes: [...routes, { name: 'huge', when: 'true' }], mode: 'all' };
    expect(branch.routes?.(parameters as never)).toEqual(['huge', 'large', 'any']);
    expect(await run(parameters)).toMatchObject({ routes: ['large', 'any', 'huge'] });
  });

  test.each([
    ['invoice.none > 1', /condition of route 'a' \(parameters.routes.1.when\) could not be evaluated: No such key: none/],
    ['invoice.note > 1', /route 'a'.* could not be evaluated/],
    ['invoice.total', /route 'a'.* must give true or false, not 120/],
    ['[1].map(a, [1].map(b, a))', /must give true or false/],
  ])('%s is told with the name and the place', async (when, message) => {
    expect(
      await run({
        routes: [
          { name: 'b', when: 'false' },
          { name: 'a', when },
        ],
      }),
    ).toMatchObject({
      status: 'failed',
      error: {
        code: 'expression_error',
        retryable: false,
        message: expect.stringMatching(message),
        details: { expression: "route 'a'", place: 'parameters.routes.1.when' },
      },
    });
  });

  test('a later condition is not judged once a route is taken', async () => {
    expect(await run({ routes: [...routes, { name: 'x', when: 'invoice.none' }] })).toMatchObject({ routes: ['large'] });
  });

  test('what a document says is never run', async () => {
    expect(await run({ routes: [{ name: 'a', when: 'invoice.text == "true; input.secret"' }] })).toMatchObject({ routes: ['a'] });
  });

  test('names of prototypes are names like others', async () => {
    const names = ['__proto__', 'constructor', 'toString', 'a.b', ''];
    for (const name of names.slice(0, 4)) expect(await run({ routes: [{ name, when: 'true' }] })).toMatchObject({ routes: [name] });
    expect(await run({ routes: [{ name: '', when: 'true' }] })).toMatchObject({ error: { code: 'invalid_parameters' } });
  });

  test('conditions that take long one by one end together', async () => {
    const slow = 'range.map(a, range.map(b, a * b)).size() < 0';
    const context = contextOf({ tasks: { range: Array.from({ length: 600 }, (_, i) => i) } });
    const startedAt = performance.now();
    const outcome = await branch.run({ routes: Array.from({ length: 200 }, (_, i) => ({ name: `r${i}`, when: slow })) }, context);
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'expression_error' } });
    expect(performance.now() - startedAt).toBeLessThan(3000);
  });
});
