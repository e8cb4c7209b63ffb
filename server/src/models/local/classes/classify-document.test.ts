import { describe, expect, test } from 'vitest';
import type { ClassSpec } from '../../model.ts';
import { pageOfText } from '../../testing/page-of-text.ts';
import { classifyDocument } from './classify-document.ts';
import { type SampleKind, type SampleLanguage, sampleText } from './fixtures/sample-texts.ts';

const spec = (name: string, more: Partial<ClassSpec> = {}): ClassSpec => ({ name, description: '', examples: [], keywords: [], ...more });
const KINDS: SampleKind[] = ['invoice', 'receipt', 'contract', 'letter', 'cv'];
const LANGUAGES: SampleLanguage[] = ['en', 'de'];
const SEEDS = Array.from({ length: 30 }, (_, i) => i + 1);

const NAMES: Record<string, string[]> = {
  english: ['invoice', 'receipt', 'contract', 'letter', 'cv'],
  German: ['Rechnung', 'Kassenbeleg', 'Vertrag', 'Brief', 'Lebenslauf'],
  identifiers: ['supplier_invoice', 'tillReceipt', 'contracts', 'Letters', 'resume'],
};

interface Judged {
  kind: SampleKind;
  best: SampleKind;
  confidence: number;
}

function judgeAll(names: string[], kinds: SampleKind[]): Judged[] {
  const classes = names.map((name) => spec(name));
  return kinds.flatMap((kind) =>
    LANGUAGES.flatMap((language) =>
      SEEDS.map((seed) => {
        const { best, confidence } = classifyDocument(pageOfText(sampleText(kind, language, seed)), classes);
        return { kind, best: KINDS[best] as SampleKind, confidence };
      }),
    ),
  );
}

const share = (list: Judged[], is: (judged: Judged) => boolean): number => list.filter(is).length / list.length;

describe.each(Object.entries(NAMES))('five kinds by %s names alone', (_, names) => {
  const judged = judgeAll(names, KINDS);
  const others = judgeAll(names, ['other']);

  test.each(KINDS)('%s', (kind) => {
    const own = judged.filter((each) => each.kind === kind);
    expect(own).toHaveLength(LANGUAGES.length * SEEDS.length);
    expect(share(own, ({ best }) => best === kind)).toBeGreaterThanOrEqual(0.95);
    expect(share(own, ({ best, confidence }) => best === kind && confidence >= 0.5)).toBeGreaterThanOrEqual(0.9);
  });

  test('what is none of them stays below a half', () => {
    expect(share(others, ({ confidence }) => confidence >= 0.5)).toBe(0);
  });

  test('a confidence means what it says: of what is at least 0.8 sure, hardly any is wrong', () => {
    const sure = [...judged, ...others].filter(({ confidence }) => confidence >= 0.8);
    expect(sure.length).toBeGreaterThan(judged.length * 0.6);
    expect(share(sure, ({ kind, best }) => kind === best)).toBeGreaterThan(0.98);
  });
});

describe('classes of the author', () => {
  const classes = [
    spec('heating', { description: 'A tenant complains that the heating or the hot water does not work' }),
    spec('noise', { description: 'A tenant complains about noise, music or a party of the neighbours' }),
    spec('keys', { keywords: ['lost key', 'Schlüssel verloren', 'locked out'] }),
    spec('praise', {
      examples: ['You have been wonderful, thank you so much for the quick repair!', 'What a quick and wonderful repair, I am very happy.'],
    }),
  ];
  test.each([
    ['heating', 'Since Friday the heating does not work, and there is no hot water in the bathroom either.'],
    ['noise', 'The neighbours played loud music again, the noise went on till four: a party, it seems.'],
    ['keys', 'I am locked out: I have lost my key, the lost key is the one of the cellar.'],
    ['keys', 'Ich habe meinen Schlüssel verloren.'],
    ['praise', 'What a wonderful repair, and so quick. I am happy, thank you!'],
  ])('%s by its description, keywords or examples', (name, text) => {
    const { best, confidence, reason } = classifyDocument(pageOfText(text), classes);
    expect(classes[best]?.name).toBe(name);
    expect(confidence).toBeGreaterThan(0.3);
    expect(reason).toMatch(/^the text says '/);
  });

  test('what none of them speaks of is none of them', () => {
    expect(classifyDocument(pageOfText('The lift stops between the floors.'), classes).confidence).toBeLessThan(0.2);
    expect(classifyDocument(pageOfText(''), classes)).toMatchObject({ reason: 'nothing in the text speaks for any class', evidence: [] });
  });
});

describe('what it answers', () => {
  const classes = [spec('invoice'), spec('letter')];

  test('shares that leave room for none of them, and where the words stand', () => {
    const result = classifyDocument(pageOfText(sampleText('invoice', 'en', 3)), classes);
    expect(result.scores).toHaveLength(2);
    const sum = result.scores.reduce((a, b) => a + b, 0);
    expect(sum).toBeLessThanOrEqual(1.001);
    expect(result.evidence[0]).toMatchObject({ page: 1, box: expect.any(Array) });
    for (const { box } of result.evidence) for (const side of box) expect(side).toBeGreaterThanOrEqual(0);
  });

  test('is the same each time, and whatever the order of the classes', () => {
    const document = pageOfText(sampleText('letter', 'de', 5));
    const one = classifyDocument(document, classes);
    expect(classifyDocument(document, classes)).toEqual(one);
    const turned = classifyDocument(document, classes.toReversed());
    expect(turned.scores.toReversed()).toEqual(one.scores);
  });

  test('names of prototypes and classes of one name are classes like others', () => {
    const odd = ['__proto__', 'constructor', 'a', 'a', ''].map((name) => spec(name));
    expect(classifyDocument(pageOfText('constructor of a house'), odd).scores).toHaveLength(5);
  });

  test('a long document with many classes takes a bounded time', () => {
    const many = Array.from({ length: 100 }, (_, i) =>
      spec(`class ${i}`, { description: `thing${i} `.repeat(50), examples: ['lorem ipsum '.repeat(2000)] }),
    );
    const text = 'lorem dolor sit amet '.repeat(100_000);
    const startedAt = performance.now();
    classifyDocument({ text, language: 'en', pages: [] }, many);
    expect(performance.now() - startedAt).toBeLessThan(3000);
  });
});
