import { describe, expect, test } from 'vitest';
import { createLog } from '#base';
import type { Evidence } from './model.ts';
import { pageOfText } from './testing/page-of-text.ts';
import { fieldOf } from './testing/sample-fields.ts';
import { traceAnswer } from './trace-answer.ts';

const log = createLog({ level: 'silent' });
const document = pageOfText(`
Acme Widgets Inc.                 Bill to
12 High Street                    Bay Foods Ltd
Dover CT16 1AA                    9 Quay Road
                                  Hull HU1 1AA
Reference 4711-X and again 4711-X
Seats 1
Total due 99.00 GBP
`);
const trace = async (field: string, value: string | number | boolean | null) => {
  const spec = fieldOf(field);
  const { values, evidence } = await traceAnswer({ [spec.id]: value }, document, [spec], { signal: new AbortController().signal, log });
  return { value: values[spec.id], evidence: evidence[spec.id] as Evidence };
};

describe('traceAnswer', () => {
  test('what rules and model read alike is surer than either', async () => {
    const { evidence } = await trace('total:money', 99);
    expect(evidence.confidence).toBeGreaterThan(0.9);
    expect(evidence.reason).toContain('the model reads the same');
  });
  test('a text that stands once, often, in lines, nowhere', async () => {
    expect((await trace('motto:string', 'Dover CT16 1AA')).evidence).toMatchObject({ confidence: 0.72, page: 1, text: 'Dover CT16 1AA' });
    const often = (await trace('x:string', '4711-X')).evidence;
    expect(often.confidence).toBe(0.65);
    expect(often.reason).toContain('2 places');
    const lines = (await trace('x:string', '12 High Street, Dover CT16 1AA')).evidence;
    expect(lines).toMatchObject({ page: 1, confidence: 0.648 });
    expect(await trace('x:string', 'Nowhere Ltd')).toMatchObject({
      value: 'Nowhere Ltd',
      evidence: { confidence: 0, page: null, box: null, text: null },
    });
  });
  test('a bare digit proves little', async () => {
    expect((await trace('rooms:int', 1)).evidence.confidence).toBeLessThan(0.7);
    expect((await trace('rooms:int', 5)).evidence.confidence).toBe(0);
  });
  test('case, accents and punctuation do not matter', async () => {
    expect((await trace('x:string', 'ACME WIDGETS, INC')).evidence.page).toBe(1);
  });
  test('null is no value, and says so', async () => {
    expect(await trace('x:string', null)).toMatchObject({ value: null, evidence: { confidence: 0, box: null } });
  });
});
