import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';

type Message = { id?: string; type: string; data?: { id: string; [field: string]: unknown }; [field: string]: unknown };

export interface TestStream {
  response: IncomingMessage;
  messages: Message[];
  /** All that came, as it came. */
  text(): string;
  /** What a browser would send as Last-Event-ID. */
  lastEventId(): string | undefined;
  /** The first message, past or to come, that the check accepts. Rejects after 5 s, or when the stream ends. */
  next(check: (message: Message) => boolean): Promise<Message>;
  /** Resolves when the server has ended it. */
  ended: Promise<void>;
  close(): void;
}

const DEADLINE_MS = 5_000;

/** A client of a flow's event stream, as a browser's EventSource is one: what is no `data:` is not shown to it. */
export async function openStream(url: string, headers: Record<string, string> = {}): Promise<TestStream> {
  const request = get(url, { headers: { Accept: 'text/event-stream', ...headers }, agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.setEncoding('utf8');
  let text = '';
  let rest = '';
  let lastEventId: string | undefined;
  const messages: Message[] = [];
  const waiting = new Set<() => void>();
  response.on('data', (chunk: string) => {
    text += chunk;
    const blocks = `${rest}${chunk}`.split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
      lastEventId = field('id') ?? lastEventId;
      const data = field('data');
      if (data !== undefined) messages.push(JSON.parse(data));
    }
    for (const look of waiting) look();
  });
  const ended = new Promise<void>((resolve) => void response.once('close', () => resolve()));
  response.on('error', () => {}); // the close that follows says it
  request.on('error', () => {});
  const next = (check: (message: Message) => boolean) =>
    new Promise<Message>((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(timer);
        waiting.delete(look);
        settle();
      };
      const look = () => {
        const found = messages.find(check);
        if (found) end(() => resolve(found));
      };
      const timer = setTimeout(() => end(() => reject(new Error(`no such message in ${text}`))), DEADLINE_MS);
      ended.then(() => end(() => reject(new Error(`the stream ended after ${text}`))));
      waiting.add(look);
      look();
    });
  return { response, messages, text: () => text, lastEventId: () => lastEventId, next, ended, close: () => request.destroy() };
}

/** As `openStream`, once it is subscribed. */
export async function listenTo(url: string, headers: Record<string, string> = {}): Promise<TestStream> {
  const stream = await openStream(url, headers);
  await stream.next((message) => message.type === 'subscribed');
  return stream;
}
