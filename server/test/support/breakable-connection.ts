import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { drawer } from '../../src/engine/testing/chance.ts';
import { CommitWatch, MessageReader } from './postgres-messages.ts';

/** How a slow network is slow: all of it in each direction. */
export interface Slowness {
  delayMs: number;
  /** More, up to this, drawn from the seed. */
  jitterMs?: number;
  /** Bytes travel in packets of this size. */
  packetBytes?: number;
  bytesPerSecond?: number;
  seed?: string;
}

export interface CommitCut {
  /** Its connection is cut before the server sees the commit, or once it has carried it out, its answer on the way. */
  when: 'before' | 'after';
  /** Which of those that match, from now on; default the first. */
  nth?: number;
  /** Of the transaction's statements; default: any commit, of reads too. */
  matches?(statements: readonly string[]): boolean;
}

/** A way to the database that a test can break: a proxy on a free port of loopback. */
export interface BreakableConnection {
  /** The same database, by way of the proxy. */
  url: string;
  /** Drops every connection and refuses new ones. */
  break(): Promise<void>;
  /** Lets connections through again, at full speed. Those that a half-open network has lost stay silent. */
  mend(): Promise<void>;
  /** From now on nothing arrives, in either direction, and nobody is told: connections stay open, new ones are taken and hear nothing. */
  goSilent(): void;
  /** Until it is mended. */
  slowDown(how: Slowness): void;
  /** Cuts one connection at a commit; answers when that has happened, with the statements. One at a time; the last one counts. */
  cutAtCommit(cut: CommitCut): Promise<readonly string[]>;
  /** Forgets the cut that is waited for; its promise stays open. */
  forgetCut(): void;
  /** Connections at this moment. */
  connectionCount(): number;
}

interface PendingCut extends CommitCut {
  seen: number;
  resolve(statements: readonly string[]): void;
}

/** What is wrong with the network at this moment. */
interface Faults {
  isSilent: boolean;
  slowness: (Slowness & { draw: (n: number) => number }) | undefined;
  cut: PendingCut | undefined;
}

export async function openBreakableConnection(url: string): Promise<BreakableConnection> {
  const target = new URL(url);
  const faults: Faults = { isSilent: false, slowness: undefined, cut: undefined };
  const links = new Set<Link>();
  const accept = (near: Socket) => {
    const link = new Link(near, () => createConnection(Number(target.port || 5432), target.hostname), faults);
    links.add(link);
    near.once('close', () => links.delete(link));
  };
  let server: Server | undefined = createServer(accept);
  const port = await listen(server, 0);
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = String(port);
  return {
    url: through.href,
    break: () => {
      const closing = server;
      server = undefined;
      return new Promise((resolve) => {
        if (closing) closing.close(() => resolve());
        for (const link of links) link.cut();
        if (!closing) resolve();
      });
    },
    mend: async () => {
      faults.isSilent = false;
      faults.slowness = undefined;
      if (server) return;
      server = createServer(accept);
      await listen(server, port);
    },
    goSilent: () => {
      faults.isSilent = true;
      for (const link of links) link.lose();
    },
    slowDown: (how) => {
      faults.slowness = { ...how, draw: drawer(how.seed ?? 'slow') };
    },
    cutAtCommit: (cut) =>
      new Promise((resolve) => {
        faults.cut = { ...cut, seen: 0, resolve };
      }),
    forgetCut: () => {
      faults.cut = undefined;
    },
    connectionCount: () => links.size,
  };
}

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });

/** One connection through the proxy: a client, and the server as soon as the network lets it be reached. */
class Link {
  readonly #near: Socket;
  readonly #far: Socket | undefined;
  readonly #faults: Faults;
  readonly #watch = new CommitWatch();
  /** The statements whose commit was forwarded, and whose answer must not arrive. */
  #cutAfter: { statements: readonly string[]; cut: PendingCut } | undefined;
  #isLost: boolean;

  constructor(near: Socket, connect: () => Socket, faults: Faults) {
    this.#near = near;
    this.#faults = faults;
    this.#isLost = faults.isSilent;
    const far = this.#isLost ? undefined : connect();
    this.#far = far;
    near.setNoDelay(true);
    near.on('error', () => this.cut());
    near.on('close', () => this.cut());
    near.on('data', far ? this.#forward(far) : () => {});
    far?.setNoDelay(true);
    far?.on('error', () => this.cut());
    far?.on('close', () => this.#isLost || this.cut());
    far?.on('data', this.#answer());
  }

  /** Both ends learn of it. */
  cut(): void {
    this.#near.destroy();
    this.#far?.destroy();
  }

  /** Neither end learns of it. */
  lose(): void {
    this.#isLost = true;
  }

  #forward(far: Socket): (chunk: Buffer) => void {
    const reader = new MessageReader('client');
    const send = this.#lane(far);
    return (chunk) => {
      const passing: Buffer[] = [];
      for (const message of reader.push(chunk)) {
        const statements = this.#watch.fromClient(message);
        const cut = statements && this.#meets(statements);
        if (cut?.when === 'before') {
          this.cut();
          return cut.resolve([...(statements as readonly string[])]);
        }
        if (cut) this.#cutAfter = { statements: [...(statements as readonly string[])], cut };
        passing.push(message.bytes);
      }
      send(passing);
    };
  }

  #answer(): (chunk: Buffer) => void {
    const reader = new MessageReader('server');
    const send = this.#lane(this.#near);
    return (chunk) => {
      const passing: Buffer[] = [];
      for (const message of reader.push(chunk)) {
        const isReady = this.#watch.fromServer(message);
        if (!this.#cutAfter) passing.push(message.bytes);
        else if (isReady) {
          this.cut();
          return this.#cutAfter.cut.resolve(this.#cutAfter.statements);
        }
      }
      send(passing);
    };
  }

  #meets(statements: readonly string[]): PendingCut | undefined {
    const { cut } = this.#faults;
    if (!cut || !(cut.matches?.(statements) ?? true) || ++cut.seen < (cut.nth ?? 1)) return undefined;
    this.#faults.cut = undefined;
    return cut;
  }

  /** Bytes of one direction, in their order, as slowly as the network is. */
  #lane(to: Socket): (messages: readonly Buffer[]) => void {
    let waiting = 0;
    let tail = Promise.resolve();
    return (messages) => {
      if (messages.length === 0 || this.#isLost || to.destroyed) return;
      const bytes = Buffer.concat(messages);
      const { slowness } = this.#faults;
      if (slowness === undefined && waiting === 0) {
        to.write(bytes);
        return;
      }
      const { delayMs = 0, jitterMs = 0 } = slowness ?? {};
      const arrived = wait(delayMs + (slowness && jitterMs > 0 ? slowness.draw(jitterMs) : 0));
      waiting++;
      tail = tail
        .then(() => arrived)
        .then(() => this.#sendPackets(to, bytes, slowness))
        .finally(() => {
          waiting--;
        });
    };
  }

  async #sendPackets(to: Socket, bytes: Buffer, { packetBytes = bytes.length, bytesPerSecond }: Partial<Slowness> = {}): Promise<void> {
    for (let at = 0; at < bytes.length; at += packetBytes) {
      if (this.#isLost || to.destroyed) return;
      const packet = bytes.subarray(at, at + packetBytes);
      await new Promise<void>((sent) => to.write(packet, () => sent()));
      if (bytesPerSecond !== undefined) await wait((packet.length * 1000) / bytesPerSecond);
    }
  }
}
