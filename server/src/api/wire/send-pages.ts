import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

export interface SentPages {
  pages: AsyncGenerator<readonly unknown[], void>;
  /** The text before and behind the items. */
  around: readonly [string, string];
  /** Called before a long list starts, may refuse it; what it answers is called once when the list has ended, however it does. */
  take: () => () => void;
}

/**
 * Answers a list of any length with the memory of two pages: what fits in one goes out whole, more is written as the reader takes it. The
 * items are the wire's own objects; they are not checked against the schema again.
 */
export async function sendPages(reply: FastifyReply, { pages, around, take }: SentPages): Promise<FastifyReply> {
  reply.type('application/json; charset=utf-8').serializer((text) => text as string);
  const first = (await pages.next()).value ?? [];
  const second = await pages.next();
  if (second.done) return reply.send(around[0] + toText(first) + around[1]);
  const done = take();
  const stream = Readable.from(texts([first, second.value], pages, around), { objectMode: false });
  stream.once('close', done);
  return reply.send(stream);
}

/** A list that is there as pages of at most `size`. */
export async function* toPages<T>(items: readonly T[], size: number): AsyncGenerator<T[], void> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}

async function* texts(read: (readonly unknown[])[], rest: AsyncIterable<readonly unknown[]>, around: readonly [string, string]) {
  yield around[0] + toText(read.flat());
  let isEmpty = read.every((page) => page.length === 0);
  for await (const page of rest) {
    if (page.length === 0) continue;
    yield (isEmpty ? '' : ',') + toText(page);
    isEmpty = false;
  }
  yield around[1];
}

const toText = (items: readonly unknown[]): string => items.map((item) => JSON.stringify(item)).join(',');
