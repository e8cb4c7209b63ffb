/** The messages of PostgreSQL's protocol (version 3) as a proxy meets them: enough to know where a COMMIT passes. Without TLS: a test's database is on loopback. */

export interface Message {
  /** One character; empty for the first message of a client, which has no type. */
  type: string;
  bytes: Buffer;
}

/** Cuts a stream of bytes into whole messages; what is not whole yet is kept. */
export class MessageReader {
  #rest: Buffer = Buffer.alloc(0);
  #hasType: boolean;

  constructor(from: 'client' | 'server') {
    this.#hasType = from === 'server';
  }

  push(chunk: Buffer): Message[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const messages: Message[] = [];
    for (;;) {
      const typeBytes = this.#hasType ? 1 : 0;
      if (this.#rest.length < typeBytes + 4) return messages;
      const end = typeBytes + this.#rest.readUInt32BE(typeBytes);
      if (this.#rest.length < end) return messages;
      messages.push({ type: this.#hasType ? String.fromCharCode(this.#rest[0] as number) : '', bytes: this.#rest.subarray(0, end) });
      this.#rest = this.#rest.subarray(end);
      this.#hasType = true;
    }
  }
}

const textAt = (bytes: Buffer, from: number): string => bytes.toString('utf8', from, bytes.indexOf(0, from));
const HEADER = 5;

/** Follows one connection and tells of each message of the client whether the server commits by it, and what. */
export class CommitWatch {
  readonly #prepared = new Map<string, string>();
  #bound = '';
  #executed = false;
  #isInTransaction = false;
  #statements: string[] = [];

  /** The statements of the transaction that this message commits; undefined where it commits nothing. Reads commit, too. */
  fromClient({ type, bytes }: Message): readonly string[] | undefined {
    if (type === 'P') this.#prepare(bytes);
    else if (type === 'B') this.#bound = this.#prepared.get(textAt(bytes, bytes.indexOf(0, HEADER) + 1)) ?? '';
    else if (type === 'E') this.#execute(this.#bound);
    else if (type === 'Q') return this.#query(textAt(bytes, HEADER));
    else if (type === 'S' && this.#executed && !this.#isInTransaction) return this.#statements;
    return undefined;
  }

  /** True where the server is ready for the next query: all that was sent before has been done. */
  fromServer({ type, bytes }: Message): boolean {
    if (type !== 'Z') return false;
    this.#isInTransaction = bytes[HEADER] !== 'I'.charCodeAt(0);
    this.#executed = false;
    if (!this.#isInTransaction) this.#statements = [];
    return true;
  }

  #prepare(bytes: Buffer): void {
    const name = textAt(bytes, HEADER);
    this.#prepared.set(name, textAt(bytes, HEADER + Buffer.byteLength(name) + 1));
  }

  #execute(text: string): void {
    this.#executed = true;
    this.#statements.push(text);
  }

  #query(text: string): readonly string[] | undefined {
    if (/^\s*(commit|end)\b/i.test(text)) return this.#statements;
    if (/^\s*(begin|start|rollback)\b/i.test(text)) return undefined;
    this.#execute(text);
    return this.#isInTransaction ? undefined : this.#statements;
  }
}
