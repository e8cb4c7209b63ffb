import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import type { AddressInfo } from 'node:net';
import { isIPv4 } from 'node:net';
import type { NameLookup } from '#base';

/** A name server of a test's own, with answers that live for no second. */
export interface NameServer {
  /** How often a name was asked for, both families together. */
  asked: Map<string, number>;
  /** To be given to the way out instead of the system's resolver. */
  lookup: NameLookup;
  close(): Promise<void>;
}

/** `answers` gives the addresses of a name; `turn` counts how often its IPv4 addresses were asked for before. */
export async function startNameServer(answers: (name: string, turn: number) => string[]): Promise<NameServer> {
  const asked = new Map<string, number>();
  const turns = new Map<string, number>();
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => {
    const { name, type, end } = readQuestion(query);
    asked.set(name, (asked.get(name) ?? 0) + 1);
    const turn = turns.get(name) ?? 0;
    if (type === A) turns.set(name, turn + 1);
    const addresses = answers(name, turn).filter((address) => isIPv4(address) === (type === A));
    socket.send(answerTo(query, end, type, addresses), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const resolver = new Resolver({ timeout: 1000, tries: 1 });
  resolver.setServers([`127.0.0.1:${(socket.address() as AddressInfo).port}`]);
  return {
    asked,
    async lookup(hostname) {
      const found = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
      return found.flatMap((each, i) =>
        each.status === 'fulfilled' ? each.value.map((address) => ({ address, family: i === 0 ? 4 : 6 })) : [],
      );
    },
    close: () => new Promise((resolve) => void socket.close(() => resolve())),
  };
}

const A = 1;
const HEADER_BYTES = 12;

/** The one question of a query (RFC 1035, 4.1.2). */
function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function answerTo(query: Buffer, end: number, type: number, addresses: string[]): Buffer {
  const header = Buffer.from(query.subarray(0, HEADER_BYTES));
  header.writeUInt16BE(0x8180, 2); // an answer, recursion available, no error
  header.writeUInt16BE(addresses.length, 6);
  header.writeUInt32BE(0, 8);
  return Buffer.concat([header, query.subarray(HEADER_BYTES, end), ...addresses.map((address) => record(type, address))]);
}

/** The name as a pointer to the question, class IN, time to live 0. */
function record(type: number, address: string): Buffer {
  const bytes = type === A ? Buffer.from(address.split('.').map(Number)) : Buffer.from(expand(address), 'hex');
  const head = Buffer.from([0xc0, HEADER_BYTES, 0, type, 0, 1, 0, 0, 0, 0, 0, bytes.length]);
  return Buffer.concat([head, bytes]);
}

function expand(address: string): string {
  const [left = '', right = ''] = address.split('::');
  const parts = (text: string) => (text === '' ? [] : text.split(':'));
  const gap = 8 - parts(left).length - parts(right).length;
  const all = address.includes('::') ? [...parts(left), ...Array<string>(gap).fill('0'), ...parts(right)] : parts(left);
  return all.map((part) => part.padStart(4, '0')).join('');
}
