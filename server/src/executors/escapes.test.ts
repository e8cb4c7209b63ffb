/** 10,000 generated references, templates and expressions that try to escape: none reaches what is not its own, none is run that came in as data. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '#base';
import { checkDefinition, ResolutionError, type TaskScope } from '#language';
import { catalogue } from './catalog.ts';
import type { Outcome, TaskValues } from './contract.ts';
import { celText, liquidText, name, referenceText } from './testing/hostile-text.ts';

const RUNS = 2500; // of each of the four kinds

/** What no text may show: an environment variable, a secret that the task may not have, what an object inherits. */
const SENTINEL = 'sentinel-7f3a9c';
const inheriting = <T extends object>(own: T): T => Object.assign(Object.create({ inherited: SENTINEL, KEY: SENTINEL }), own);

const up = inheriting({
  text: `{{ secrets.KEY }} {% assign x = 1 %} {{up.list}} \${process.env.KEY}`,
  list: [1, 'two', inheriting({ a: 'b' }), null],
  object: inheriting({ a: { text: 'deep' }, 'odd key': true }),
  count: 3,
}) as unknown as JsonObject;
const tasks: Record<string, Json> = Object.assign(Object.create(null), { up });
const execution = { id: 'e', flow_id: 'f', flow_version: 1, run_number: 1, organization_id: 'o', created_at: '2026-01-01T00:00:00.000Z' };
const values: TaskValues = { tasks, input: inheriting({ a: 1 }) as unknown as JsonObject, execution };
const scope: TaskScope = { ...values, execution, secrets: { KEY: SENTINEL } };

const prototypes = [Object.prototype, Array.prototype, String.prototype, Number.prototype, Function.prototype];
const shapeOfPrototypes = (): string => JSON.stringify(prototypes.map((prototype) => Reflect.ownKeys(prototype).map(String)));
const untouched = shapeOfPrototypes();

beforeAll(() => {
  process.env['KEY'] = SENTINEL;
});
afterAll(() => {
  delete process.env['KEY'];
});

/** It is JSON, and shows nothing that it should not. */
function expectHarmless(shown: unknown, source: string): void {
  const text = JSON.stringify(shown) ?? '';
  if (!source.includes(SENTINEL)) expect(text).not.toContain(SENTINEL);
  expect(text).not.toMatch(/\[native code\]|function |=> \{|node:internal/);
  expect(shapeOfPrototypes()).toBe(untouched);
}

function expectOutcome(outcome: Outcome, source: string): void {
  expect(['completed', 'failed']).toContain(outcome.status);
  if (outcome.status === 'failed') {
    expect(outcome.error.code).toMatch(/^(template_error|expression_error|invalid_parameters|validation_failed)$/);
    expect(outcome.error.retryable).toBe(false);
    expectHarmless(outcome.error.details ?? null, source);
  }
  if (outcome.status !== 'completed') return;
  expectHarmless(outcome.output, source);
  expect(JSON.parse(JSON.stringify(outcome.output))).toEqual(outcome.output);
}

/** Every path to a value by own properties alone: what a reference may give. */
const isOwn = (value: Json, within: unknown): boolean => {
  if (JSON.stringify(value) === JSON.stringify(within)) return true;
  return typeof within === 'object' && within !== null && Object.values(within).some((child) => isOwn(value, child));
};

const compute = (executor: string, parameters: JsonObject): Outcome => {
  const outcome = catalogue.get(executor)?.compute?.(parameters, values);
  if (outcome === undefined) throw new Error(`${executor} does not compute`);
  return outcome;
};

/** A flow with the parameters in its last task, behind one that is called `up`. */
const flowOf = (executor: string, parameters: JsonObject) => ({
  name: 'x',
  tasks: [
    { name: 'receive', task_executor_name: 'webhook_receive', parameters: {} },
    { name: 'up', task_executor_name: 'human_in_the_loop', depends_on: ['receive'], parameters: {} },
    { name: 't', task_executor_name: executor, parameters },
  ],
});

const seed = 20_260_101; // the same 10,000 each time: a failure is one for everybody
const check = <T>(texts: fc.Arbitrary<T>, property: (text: T) => void) => fc.assert(fc.property(texts, property), { numRuns: RUNS, seed });

describe('texts that try to escape', () => {
  test('references give own values of what they name, or a fault, and secrets only where they are allowed', { timeout: 120_000 }, () => {
    let resolved = 0;
    check(referenceText, (text) => {
      const { plan, faults } = checkDefinition(flowOf('human_in_the_loop', { data: text }), catalogue);
      expectHarmless(
        faults.map(({ message }) => message),
        text,
      );
      if (plan === undefined) return;
      try {
        const data = (plan.resolve.get(2)?.parameters(scope) as JsonObject | undefined)?.['data'] ?? null;
        resolved++;
        expectHarmless(data, text);
        if (/^\{\{[^{}]*\}\}$/.test(text)) expect([...Object.values(scope)].some((root) => isOwn(data, root))).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(ResolutionError);
      }
    });
    expect(resolved).toBeGreaterThan(RUNS / 20); // else the texts are too wrong to prove anything
  });

  test('Liquid templates render what they are given, or fail', { timeout: 120_000 }, () => {
    let rendered = 0;
    check(liquidText, (template) => {
      expect(() => checkDefinition(flowOf('format_data', { template }), catalogue)).not.toThrow();
      const outcome = compute('format_data', { template });
      if (outcome.status === 'completed') rendered++;
      expectOutcome(outcome, template);
      expectOutcome(compute('validation', { on_failure: 'flag', rules: [{ check: 'false', message: template }] }), template);
    });
    expect(rendered).toBeGreaterThan(RUNS / 10);
  });

  test('CEL expressions evaluate to JSON, or fail', { timeout: 120_000 }, () => {
    let evaluated = 0;
    check(celText, (cel) => {
      expect(() => checkDefinition(flowOf('branch', { routes: [{ name: 'a', when: cel }] }), catalogue)).not.toThrow();
      const outcome = compute('format_data', { fields: { value: cel } });
      if (outcome.status === 'completed') evaluated++;
      expectOutcome(outcome, cel);
      expectOutcome(compute('branch', { routes: [{ name: 'a', when: cel }], else: 'b' }), cel);
      expectOutcome(compute('validation', { on_failure: 'route', rules: [{ check: cel }] }), cel);
    });
    expect(evaluated).toBeGreaterThan(RUNS / 20);
  });

  test('what comes in as data stays data, whatever it says', { timeout: 120_000 }, () => {
    const { plan } = checkDefinition(flowOf('human_in_the_loop', { data: ['{{up.text}}', '<{{up.text}}|{{up["odd key"]}}>'] }), catalogue);
    const resolver = plan?.resolve.get(2);
    check(fc.tuple(fc.oneof(referenceText, liquidText, celText), name), ([text, key]) => {
      const own = { text, 'odd key': key };
      const given: TaskValues = { ...values, tasks: { up: own } };
      expect(resolver?.parameters({ ...scope, tasks: given.tasks })).toEqual({ data: [text, `<${text}|${key}>`] });
      const run = (executor: string, parameters: JsonObject) => catalogue.get(executor)?.compute?.(parameters, given);
      const template = '{{ up.text }}|{{ up["odd key"] }}';
      expect(run('format_data', { template })).toMatchObject({ status: 'completed', output: { text: `${text}|${key}` } });
      expect(run('format_data', { fields: { value: 'up.text' } })).toMatchObject({ status: 'completed', output: { value: text } });
      const rules = [{ check: 'false', message: '{{ up.text }}' }];
      expect(run('validation', { on_failure: 'flag', rules })).toMatchObject({ output: { messages: [text] } });
      expect(run('branch', { routes: [{ name: 'a', when: 'up.text == "{{ secrets.KEY }}"' }], else: 'b' })).toMatchObject({
        status: 'completed',
      });
      expect(shapeOfPrototypes()).toBe(untouched);
    });
  });
});
