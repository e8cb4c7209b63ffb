import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

export interface MisbehavingServer {
  url: string;
  close(): Promise<void>;
}

const CHUNK = Buffer.alloc(64 * 1024, 'a');
const MEGABYTES = 1024 * 1024;
const FAST = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };
const GZIP_BOMB = gzipSync(Buffer.alloc(50 * MEGABYTES)); // 50 kB
const TWICE_PACKED_BOMB = gzipSync(brotliCompressSync(Buffer.alloc(50 * MEGABYTES), FAST));

/** Writes as fast as the other side takes it, until it goes away. */
function flood(socket: Socket, next: () => Buffer | string): void {
  const write = () => {
    while (!socket.destroyed && socket.write(next()));
    if (!socket.destroyed) socket.once('drain', write);
  };
  write();
}

function drip(socket: Socket, text: string): void {
  const timer = setInterval(() => void socket.write(text), 20);
  socket.once('close', () => clearInterval(timer));
}

const chunk = Buffer.concat([Buffer.from(`${CHUNK.length.toString(16)}\r\n`), CHUNK, Buffer.from('\r\n')]);

/** What a server can do to those who call it, by path; `code` is what the caller is told. */
export const MISBEHAVIOURS: Record<string, { act: (socket: Socket) => void; code: string }> = {
  'endless-stream': {
    act(socket) {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      flood(socket, () => chunk);
    },
    code: 'response_too_large',
  },
  'ten-gigabytes': {
    act(socket) {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${10 * 1024 * MEGABYTES}\r\n\r\n`);
      flood(socket, () => CHUNK);
    },
    code: 'response_too_large',
  },
  'gzip-bomb': {
    act: (socket) => sendPacked(socket, 'gzip', GZIP_BOMB),
    code: 'response_too_large',
  },
  'twice-packed-bomb': {
    act: (socket) => sendPacked(socket, 'br, gzip', TWICE_PACKED_BOMB),
    code: 'response_too_large',
  },
  'slow-drip': {
    act(socket) {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n');
      drip(socket, 'a');
    },
    code: 'timeout',
  },
  'slow-headers': {
    act(socket) {
      socket.write('HTTP/1.1 200 OK\r\nX-Slow: ');
      drip(socket, 'a');
    },
    code: 'timeout',
  },
  'a-million-headers': {
    act(socket) {
      let count = 0;
      socket.write('HTTP/1.1 200 OK\r\n');
      flood(socket, () => `X-Header-${count++}: ${count}\r\n`.repeat(100));
    },
    code: 'response_too_large',
  },
  'endless-early-hints': {
    act: (socket) => drip(socket, 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'),
    code: 'timeout',
  },
  'shorter-than-said': {
    act: (socket) => void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc'),
    code: 'connect_failed',
  },
  'no-http': {
    act: (socket) => void socket.end('220 mail.example ESMTP\r\n'),
    code: 'connect_failed',
  },
  'broken-packing': {
    act: (socket) => sendPacked(socket, 'gzip', Buffer.from('this is not packed at all')),
    code: 'response_broken',
  },
  'strange-status': {
    act: (socket) => void socket.end('HTTP/1.1 999 Denied\r\nContent-Length: 2\r\n\r\nno'),
    code: 'response_broken',
  },
  silence: { act: () => {}, code: 'timeout' },
};

function sendPacked(socket: Socket, encoding: string, body: Buffer): void {
  socket.write(`HTTP/1.1 200 OK\r\nContent-Encoding: ${encoding}\r\nContent-Length: ${body.length}\r\n\r\n`);
  socket.write(body);
}

export async function startMisbehavingServer(): Promise<MisbehavingServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', (data) => MISBEHAVIOURS[/^\w+ \/([\w-]+)/.exec(data.toString('latin1'))?.[1] ?? '']?.act(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => void server.close(() => resolve()));
    },
  };
}
