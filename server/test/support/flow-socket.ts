import { once } from 'node:events';

type Message = { type: string; data?: { id: string; [field: string]: unknown }; [field: string]: unknown };

export interface TestSocket {
  socket: WebSocket;
  messages: Message[];
  /** The first message, past or to come, that the check accepts. Rejects after 5 s, or when the socket closes. */
  next(check: (message: Message) => boolean): Promise<Message>;
  closed: Promise<{ code: number; reason: string }>;
  close(): Promise<void>;
}

const DEADLINE_MS = 5_000;

/** A client of a flow's socket, as a browser is one. */
export function openSocket(url: string, protocols?: string[]): TestSocket {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), protocols ?? []);
  const messages: Message[] = [];
  const waiting = new Set<() => void>();
  socket.addEventListener('message', ({ data }) => {
    messages.push(JSON.parse(String(data)));
    for (const look of waiting) look();
  });
  const closed = once(socket, 'close').then(([event]) => ({ code: (event as CloseEvent).code, reason: (event as CloseEvent).reason }));
  socket.addEventListener('error', () => {}); // the close that follows says it
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
      const timer = setTimeout(() => end(() => reject(new Error(`no such message among ${JSON.stringify(messages)}`))), DEADLINE_MS);
      closed.then(({ code }) => end(() => reject(new Error(`the socket closed with ${code}`))));
      waiting.add(look);
      look();
    });
  const close = async () => {
    socket.close();
    await closed;
  };
  return { socket, messages, next, closed, close };
}

/** As `openSocket`, once it is subscribed. */
export async function subscribe(url: string, protocols?: string[]): Promise<TestSocket> {
  const opened = openSocket(url, protocols);
  await opened.next((message) => message.type === 'subscribed');
  return opened;
}
