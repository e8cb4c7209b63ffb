/** Documents made to do harm: each ends with its code, in ten seconds and 256 MB, while the next one is read and nobody waits (RELIABILITY attacks 22 to 25). */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLog } from '#base';
import { createDocumentReader, type DocumentReader } from '#documents';
import { codeOf, parsersOf } from '../../src/documents/testing/parser-processes.ts';
import { pdfOf } from '../../src/documents/testing/sample-documents.ts';
import type { Bomb } from './bombs/bomb.ts';
import { otherBombs } from './bombs/other-bombs.ts';
import { pdfBombs } from './bombs/pdf-bombs.ts';
import { zipBombs } from './bombs/zip-bombs.ts';

const MB = 1024 * 1024;
const MAX_GROWTH_BYTES = 256 * MB;
const MAX_MS = 10_000;
const SAMPLE_MS = 10;

/** By how many milliseconds the timers of this process came late while bombs were read. */
const delaysMs: number[] = [];
let reader: DocumentReader;
let canary: Server;
let calls = 0;
let healthy: Buffer;

/** An address on this machine that counts who calls it. Its port is fixed when the cases are made, before it listens. */
const CANARY_PORT = 20_000 + (process.pid % 20_000);
const address = `http://127.0.0.1:${CANARY_PORT}`;

beforeAll(async () => {
  canary = createServer((_request, response) => {
    calls++;
    response.end();
  });
  await new Promise<void>((resolve) => canary.listen(CANARY_PORT, '127.0.0.1', resolve));
  expect((canary.address() as AddressInfo).port).toBe(CANARY_PORT);
  // On a machine that is busy a step is given up sooner, so that its process is gone within the ten seconds; OCR is not what is tried here.
  const limits = { stepTimeoutMs: 6_000, ocrPageTimeoutMs: 5_500, ocrPages: 1 };
  reader = createDocumentReader({ log: createLog({ level: 'silent' }), cores: 2, limits });
  healthy = await pdfOf(['A healthy document is read while the other one does what it can.']);
});
afterAll(async () => {
  await reader.close();
  await new Promise((resolve) => canary.close(resolve));
  expect(await parsersOf(process.pid)).toEqual([]);
});

const readHealthy = async (): Promise<string> => (await reader.read(healthy, { mimeType: 'application/pdf' })).text;

/** Resident bytes of a process, 0 where it is gone or the system does not tell. */
function residentBytes(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * 4096;
  } catch {
    return 0;
  }
}

/** By how much the parser that grows most grows, until `stop`; beside it, how late this process's own timers come. */
async function watch(): Promise<{ stop(): number }> {
  const start = new Map((await parsersOf(process.pid)).map((pid) => [pid, residentBytes(pid)]));
  let growth = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    delaysMs.push(Math.max(0, performance.now() - last - SAMPLE_MS));
    for (const [pid, before] of start) growth = Math.max(growth, residentBytes(pid) - before);
    last = performance.now();
  }, SAMPLE_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return growth;
    },
  };
}

async function explode({ make, mimeType, ends }: Bomb): Promise<void> {
  const bytes = await make();
  await Promise.all([readHealthy(), readHealthy()]); // two parsers wait, warm
  const growth = await watch();
  const startedAt = performance.now();
  const [code, text] = await Promise.all([codeOf(reader.read(bytes, { mimeType })), readHealthy()]);
  const elapsedMs = performance.now() - startedAt;
  const grownBytes = growth.stop();
  expect(ends).toContain(code);
  expect(text).toContain('A healthy document');
  expect(elapsedMs).toBeLessThan(MAX_MS);
  expect(grownBytes).toBeLessThan(MAX_GROWTH_BYTES);
}

const KINDS: [string, Bomb[]][] = [
  ['archives, Word and Excel', zipBombs(address)],
  ['PDF', pdfBombs(address)],
  ['pictures, HTML, mail, CSV, text', otherBombs(address)],
];

describe.each(KINDS)('%s', (_kind, bombs) => {
  test.each(bombs.map((bomb) => [bomb.name, bomb] as const))('%s', { timeout: 60_000 }, (_name, bomb) => explode(bomb));
});

test('nobody was called, and nobody waited', () => {
  expect(calls).toBe(0);
  expect(delaysMs.sort((a, b) => a - b)[Math.floor(delaysMs.length * 0.99)]).toBeLessThan(200);
});
