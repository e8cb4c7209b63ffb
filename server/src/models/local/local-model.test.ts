import { describe, expect, test } from 'vitest';
import { createLog, type Json } from '#base';
import type { Document } from '#documents';
import type { Evidence, FieldSpec } from '../model.ts';
import { LAYOUTS } from '../testing/layouts.ts';
import { pageOfText } from '../testing/page-of-text.ts';
import { fieldOf } from '../testing/sample-fields.ts';
import { createLocalModel } from './local-model.ts';

const log = createLog({ level: 'silent' });
const extract = (document: Document, fields: FieldSpec[]) =>
  createLocalModel().extract(document, fields, { signal: new AbortController().signal, log });
const read = async (text: string, field: string, options: Parameters<typeof pageOfText>[1] = {}) => {
  const spec = fieldOf(field);
  const extraction = await extract(pageOfText(text, options), [spec]);
  return { value: extraction.values[spec.id] as Json, evidence: extraction.evidence[spec.id] as Evidence };
};

/** Milliseconds of CPU: a busy machine makes no difference. */
async function cpuMs(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** What the rules reach on the little layouts; a change that costs a field shows here. */
const FLOOR = 0.98;

test('the little layouts in four languages are read', async () => {
  let right = 0;
  let all = 0;
  const wrong: string[] = [];
  for (const sample of LAYOUTS) {
    const fields = Object.keys(sample.expected).map(fieldOf);
    const source = sample.source ?? 'text_layer';
    const { values } = await extract(
      pageOfText(sample.text, { language: sample.language, source, confidence: source === 'ocr' ? 0.95 : 1, slope: sample.slope ?? 0 }),
      fields,
    );
    Object.values(sample.expected).forEach((expected, index) => {
      const got = values[fields[index]?.id ?? ''];
      all++;
      if (JSON.stringify(got) === JSON.stringify(expected)) right++;
      else wrong.push(`${sample.name}: ${fields[index]?.id}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`);
    });
  }
  expect(LAYOUTS.length).toBeGreaterThanOrEqual(50);
  expect(right / all, wrong.join('\n')).toBeGreaterThanOrEqual(FLOOR);
});

describe('evidence', () => {
  test('says beside which label, on which page, in which box', async () => {
    const { evidence } = await read('\n\nInvoice no. INV-7\n', 'InvoiceID:string');
    expect(evidence).toMatchObject({ page: 1, text: 'INV-7', reason: "beside the label 'Invoice no.' on page 1" });
    const [x0, y0, x1, y1] = evidence.box ?? [0, 0, 0, 0];
    expect(x0).toBeCloseTo((40 + 12 * 6) / 612, 3);
    expect(x1).toBeCloseTo((40 + 17 * 6) / 612, 3);
    expect(y0).toBeCloseTo((40 + 13) / 792, 3);
    expect(y1).toBeCloseTo((40 + 23) / 792, 3);
  });
  test('what is not there has no box and no confidence', async () => {
    expect(await read('Nothing of the kind.', 'iban:iban')).toMatchObject({
      value: null,
      evidence: { confidence: 0, page: null, box: null, text: null, reason: expect.stringContaining('iban') },
    });
  });
  test('a text of the wrong type keeps its place and says why it is no value', async () => {
    const { value, evidence } = await read('Invoice no: INV-2026-0481', 'InvoiceID:int');
    expect(value).toBeNull();
    expect(evidence).toMatchObject({ confidence: 0, text: 'INV-2026-0481', page: 1 });
    expect(evidence.reason).toContain('not a whole number');
    expect((await read('IBAN: DE89 3704 0044 0532 0130 01', 'iban:iban')).evidence.reason).toContain('check digits');
  });
  test('confidence falls with poor letters, a poor page, a rival and a misread label, and rises with a proof', async () => {
    const clean = (await read('Total: 12.50', 'total:money')).evidence.confidence;
    expect((await read('Total: 12.50', 'total:money', { source: 'ocr', confidence: 0.5 })).evidence.confidence).toBeLessThan(0.6 * clean);
    expect((await read('Total: 12.50', 'total:money', { quality: 0.3 })).evidence.confidence).toBeLessThan(0.6 * clean);
    expect((await read('Total: 12.50\n\nTotal: 13.50', 'total:money')).evidence.confidence).toBeLessThan(0.85 * clean);
    expect((await read('Invoioe nunber: 77-1', 'invoice_number:string')).evidence.confidence).toBeLessThan(
      (await read('Invoice number: 77-1', 'invoice_number:string')).evidence.confidence,
    );
    expect((await read('Net 10.00\nVAT 2.50\nTotal: 12.50', 'total:money')).evidence.confidence).toBeGreaterThan(clean);
  });
});

describe('what it must withstand', () => {
  test('a page of 10,000 words costs a bounded time', async () => {
    const words = Array.from({ length: 10_000 }, (_, i) => ({
      text: i % 7 === 0 ? 'Total:' : `word${i}`,
      box: [(i % 97) / 100, ((i * 31) % 991) / 1000, (i % 97) / 100 + 0.01, ((i * 31) % 991) / 1000 + 0.004] as [
        number,
        number,
        number,
        number,
      ],
      confidence: 1,
    }));
    const document: Document = {
      text: '',
      language: 'en',
      pages: [{ number: 1, width: 600, height: 800, text: '', quality: 1, source: 'ocr', words }],
    };
    expect(await cpuMs(() => extract(document, ['total:money', 'invoice_number:string', 'supplier:string'].map(fieldOf)))).toBeLessThan(
      3000,
    );
  });
  test('broken boxes, no pages, no fields, odd names', async () => {
    const box: [number, number, number, number] = [0.5, 0.5, 0.4, 0.4];
    const document: Document = {
      text: 'x',
      language: null,
      pages: [
        {
          number: 1,
          width: 0,
          height: 0,
          text: 'x',
          quality: 1,
          source: 'text_layer',
          words: [
            { text: 'x', box, confidence: 1 },
            { text: '\u0000', box: [0, 0, 1, 1], confidence: Number.NaN },
          ],
        },
      ],
    };
    expect((await extract(document, [fieldOf('total:money')])).values).toEqual({ total: null });
    expect((await extract({ text: '', language: null, pages: [] }, [fieldOf('supplier:string')])).values).toEqual({ supplier: null });
    expect((await extract(document, [])).values).toEqual({});
    const odd = ['', '$$$', '名前', 'constructor', 'a'.repeat(200)].map((id) => ({ ...fieldOf('x:string'), id }));
    expect(Object.keys((await extract(pageOfText('constructor: 5'), odd)).values)).toHaveLength(5);
  });
  test('an abort ends it', async () => {
    await expect(createLocalModel().extract(pageOfText('x'), [], { signal: AbortSignal.abort(new Error('stop')), log })).rejects.toThrow(
      'stop',
    );
  });
});

test('a page is read in less than 50 ms', async () => {
  const sample = LAYOUTS.find((each) => each.name === 'german-letter-with-information-block.yaml');
  const fields = Object.keys(sample?.expected ?? {}).map(fieldOf);
  const document = pageOfText(
    Array(6)
      .fill(sample?.text ?? '')
      .join('\n'),
  );
  await extract(document, fields);
  const times: number[] = [];
  for (let i = 0; i < 7; i++) times.push(await cpuMs(() => extract(document, fields)));
  expect(Math.min(...times)).toBeLessThan(50);
});
