import type { DocumentLimits } from '../limits.ts';
import { ParserProcess } from './parser-process.ts';

/** A process that has read nothing for so long is ended: with its OCR engine it holds 200 to 300 MB. */
const IDLE_MS = 60_000;
/** After so many documents a process makes way for a new one: what a parser leaks stays bounded. */
const MAX_USES = 200;

export interface ParserPool {
  /** Lends a process to `work`, at most `size` at once; waits its turn, in order. Throws the signal's reason when it aborts while waiting. */
  use<T>(signal: AbortSignal, work: (process: ParserProcess) => Promise<T>): Promise<T>;
  /** Ends every process; what is under way fails. */
  close(): Promise<void>;
}

interface Member {
  process: ParserProcess;
  uses: number;
  idleTimer?: NodeJS.Timeout;
}

/** Parser processes, started when needed, reused while healthy, the latest used first. */
export function createParserPool(size: number, limits: DocumentLimits): ParserPool {
  const members = new Set<Member>();
  const idle: Member[] = [];
  const waiting: (() => void)[] = [];
  let lent = 0;
  let isClosed = false;

  async function waitForTurn(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (lent < size) {
      lent++;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const onTurn = (): void => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      const onAbort = (): void => {
        waiting.splice(waiting.indexOf(onTurn), 1);
        reject(signal.reason);
      };
      waiting.push(onTurn);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** The turn goes to the next in line, without a moment in which a newcomer could take it. */
  function passTurn(): void {
    const next = waiting.shift();
    if (next === undefined) lent--;
    else next();
  }

  /** One that died while it waited is passed over. */
  function popHealthy(): Member | undefined {
    for (let member = idle.pop(); member !== undefined; member = idle.pop()) {
      if (member.process.isHealthy) return member;
      void retire(member);
    }
    return undefined;
  }

  function take(): Member {
    if (isClosed) throw new Error('the document reader is closed');
    const member = popHealthy() ?? { process: new ParserProcess(limits), uses: 0 };
    clearTimeout(member.idleTimer);
    members.add(member);
    return member;
  }

  async function giveBack(member: Member): Promise<void> {
    member.uses++;
    if (isClosed || !member.process.isHealthy || member.uses >= MAX_USES) await retire(member);
    else {
      idle.push(member);
      member.idleTimer = setTimeout(() => void retire(member), IDLE_MS);
    }
  }

  async function retire(member: Member): Promise<void> {
    const place = idle.indexOf(member);
    if (place >= 0) idle.splice(place, 1);
    clearTimeout(member.idleTimer);
    await member.process.end();
    members.delete(member);
  }

  return {
    async use(signal, work) {
      await waitForTurn(signal);
      try {
        const member = take();
        try {
          return await work(member.process);
        } finally {
          await giveBack(member);
        }
      } finally {
        passTurn();
      }
    },
    async close() {
      isClosed = true;
      await Promise.all([...members].map(retire));
    },
  };
}
