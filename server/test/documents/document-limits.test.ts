import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createLog } from '#base';
import { createDocumentReader } from '#documents';
import { codeOf, isParser, parsersOf } from '../../src/documents/testing/parser-processes.ts';
import { drawingBomb, pdfOf } from '../../src/documents/testing/sample-documents.ts';

const log = createLog({ level: 'silent' });
const MB = 1024 * 1024;
const PDF = { mimeType: 'application/pdf' };
const isLinux = process.platform === 'linux';

async function until(condition: () => Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    if (await condition()) return true;
    await wait(20);
  }
  return condition();
}

describe('a document that takes too much', () => {
  test('of time: its parser is ended, and the next document is read', async () => {
    const reader = createDocumentReader({ log, cores: 1, limits: { stepTimeoutMs: 1_500, textBytes: 4096 * MB, processBytes: 4096 * MB } });
    const startedAt = performance.now();
    expect(await codeOf(reader.read(drawingBomb(), PDF))).toBe('document_timeout');
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect((await reader.read(await pdfOf(['The next one']), PDF)).pages[0]?.words.map((word) => word.text)).toEqual([
      'The',
      'next',
      'one',
    ]);
    await reader.close();
    expect(await parsersOf(process.pid)).toEqual([]);
  });

  test('of memory: its parser is killed, and this process grows by little', async () => {
    const reader = createDocumentReader({ log, cores: 1, limits: { textBytes: 120 * MB, stepTimeoutMs: 30_000 } });
    const bytes = drawingBomb();
    const before = process.memoryUsage.rss();
    expect(await codeOf(reader.read(bytes, PDF))).toBe('document_memory');
    expect(process.memoryUsage.rss() - before).toBeLessThan(32 * MB);
    await reader.close();
  });

  test('of patience: an abort ends it at once', async () => {
    const reader = createDocumentReader({
      log,
      cores: 1,
      limits: { stepTimeoutMs: 60_000, textBytes: 4096 * MB, processBytes: 4096 * MB },
    });
    const bytes = drawingBomb();
    await reader.read(Buffer.from('the parser has started'), {});
    const startedAt = performance.now();
    await expect(reader.read(bytes, { ...PDF, signal: AbortSignal.timeout(400) })).rejects.toThrow(/timeout/i);
    expect(performance.now() - startedAt).toBeLessThan(2_400);
    expect(await parsersOf(process.pid)).toEqual([]);
    await reader.close();
  });
});

test('a reader that is closed gives up what it reads, to be read again, and leaves no process', async () => {
  const reader = createDocumentReader({ log, cores: 1 });
  const bytes = drawingBomb();
  await reader.read(Buffer.from('the parser has started'), {});
  const readings = [codeOf(reader.read(bytes, PDF)), codeOf(reader.read(bytes, PDF))]; // the second waits its turn
  await wait(200);
  await reader.close();
  expect(await Promise.all(readings)).toEqual(['document_timeout', 'document_timeout']);
  expect(await parsersOf(process.pid)).toEqual([]);
});

test.skipIf(!isLinux)('Ctrl-C, which reaches the whole group, does not fail a document that is being read', async () => {
  const reader = createDocumentReader({ log, cores: 1 });
  await reader.read(Buffer.from('the parser has started'), {});
  const reading = reader.read(
    await pdfOf(Array.from({ length: 300 }, (_, page) => `Page ${page} with some text that is long enough for a page`)),
    PDF,
  );
  for (const pid of await parsersOf(process.pid)) for (const signal of ['SIGINT', 'SIGTERM']) process.kill(pid, signal);
  expect((await reading).pages).toHaveLength(300);
  await reader.close();
});

describe('the platform is killed', () => {
  const host = fileURLToPath(new URL('../../src/documents/testing/read-until-killed.ts', import.meta.url));

  async function startHost(): Promise<{ child: ChildProcess; parsers: number[] }> {
    const child = spawn(process.execPath, [host], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout as NodeJS.ReadableStream, 'data'); // a parser is at work
    return { child, parsers: await parsersOf(child.pid as number) };
  }

  test.skipIf(!isLinux)('and leaves no parser, not even one deep in a document', async () => {
    const { child, parsers } = await startHost();
    expect(parsers).toHaveLength(1);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const areGone = async (): Promise<boolean> => !(await Promise.all(parsers.map(isParser))).includes(true);
    expect(await until(areGone, 5_000)).toBe(true);
  });
});
