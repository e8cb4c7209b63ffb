import { describe, expect, test } from 'vitest';
import { createLog } from '#base';
import { createModels } from './create-models.ts';

const log = createLog({ level: 'silent' });
const make = (options: { baseUrl?: string; defaultModel?: string } = {}) =>
  createModels({ defaultModel: 'local', fetch: globalThis.fetch, log, ...options });

describe('createModels', () => {
  test('without an endpoint there is the local model, in both regions', () => {
    const models = make();
    expect(models.list()).toEqual([{ name: 'local', provider: 'local', regions: ['eu', 'global'] }]);
    expect(models.resolve(undefined)).toMatchObject({ model: { name: 'local' }, note: undefined });
    expect(models.resolve('local').note).toBeUndefined();
  });
  test('an unknown name falls to the default, and the note says so', () => {
    const { model, note } = make().resolve('gpt-4.1');
    expect(model.name).toBe('local');
    expect(note).toContain("'gpt-4.1'");
    expect(note).toContain("'local'");
    expect(make().resolve('x'.repeat(5000)).note?.length).toBeLessThan(300);
    expect(make().resolve('__proto__').model.name).toBe('local');
  });
  test('the endpoint has the models that the operator names; the first is the default', () => {
    const models = make({ baseUrl: 'http://127.0.0.1:1/v1', defaultModel: 'big-model, small-model' });
    expect(models.list().map((each) => each.name)).toEqual(['big-model', 'local', 'small-model']);
    expect(models.resolve(undefined).model.name).toBe('big-model');
    expect(models.resolve('small-model')).toMatchObject({ model: { name: 'small-model' }, note: undefined });
    expect(models.resolve('gpt-4.1')).toMatchObject({ model: { name: 'big-model' }, note: expect.stringContaining('big-model') });
    expect(models.resolve('local').model.name).toBe('local');
  });
  test('a default that needs an endpoint, without one, is the local model', () => {
    expect(make({ defaultModel: 'gpt-x' }).resolve('gpt-x')).toMatchObject({
      model: { name: 'local' },
      note: expect.stringContaining('gpt-x'),
    });
  });
});
