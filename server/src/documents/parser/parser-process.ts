import { type ChildProcess, fork } from 'node:child_process';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Page } from '../document.ts';
import { DocumentError } from '../document-error.ts';
import type { DocumentLimits } from '../limits.ts';
import type { DocumentSource, ParserReply, ParserRequest } from './messages.ts';
import type { PageScan } from './page-scan.ts';

const ENTRY = fileURLToPath(new URL('./main.ts', import.meta.url));

/** A start takes 0.1 to 0.2 s; on a machine under full load, seconds. Longer means that it will not come up at all. */
const START_TIMEOUT_MS = 30_000;
/** Megabytes of V8's young generation: with its default of 16 a parser that makes many short-lived values holds 100 MB more. */
const NEW_SPACE_MB = 4;
/** Bytes of a document sent at once: a millisecond of the platform's event loop. */
const CHUNK_BYTES = 1024 * 1024;
/** Characters kept of what a parser prints: for the log when it breaks. */
const OUTPUT_CHARACTERS = 4_000;
/** What V8 prints when its heap is full, before it aborts. */
const HEAP_FULL = /heap out of memory|allocation failed/i;

/** A document on its way through the parsers; the id tells a process whether it has it already. */
export interface Consignment {
  id: number;
  bytes: Buffer;
  source: DocumentSource;
}

export interface AskOptions {
  signal: AbortSignal;
  /** Milliseconds without a reply after which the process is killed. */
  silenceMs: number;
  onPage(page: Page): void;
}

interface Pending {
  onReply(reply: ParserReply): void;
  onExit(error: DocumentError): void;
}

/**
 * The platform's end of one parser process: no environment but where temporary files go, heap and memory bounded, output kept short. It answers one request at a time.
 * Silence, abort and an unexpected error end the process; `isHealthy` is then false and it is not to be asked again.
 */
export class ParserProcess {
  readonly #child: ChildProcess;
  readonly #limits: DocumentLimits;
  readonly #exited: Promise<void>;
  #exitError: DocumentError | undefined;
  #pending: Pending | undefined;
  #isReady = false;
  #isEnding = false;
  #isSpent = false;
  #documentId: number | undefined;
  #printed = '';

  constructor(limits: DocumentLimits) {
    this.#limits = limits;
    this.#child = fork(ENTRY, [String(limits.processBytes)], {
      execPath: process.execPath,
      execArgv: [`--max-semi-space-size=${NEW_SPACE_MB}`, `--max-old-space-size=${Math.floor(limits.processBytes / 2 / 1024 / 1024)}`],
      env: { TMPDIR: tmpdir() },
      serialization: 'advanced',
      detached: true, // a terminal's Ctrl-C must not reach it, not even before it can ignore signals: it would fail the document for good
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) stream?.on('data', (chunk) => this.#keepOutput(String(chunk)));
    this.#child.on('message', (reply: ParserReply) => this.#pending?.onReply(reply));
    this.#exited = new Promise((resolve) => this.#watchExit(resolve));
  }

  get isHealthy(): boolean {
    return this.#exitError === undefined && !this.#isEnding && !this.#isSpent;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** What it has printed, shortened: for the log. */
  get printed(): string {
    return this.#printed;
  }

  /** Sends the document, unless the process has it, and the request. Answers the pages that need OCR. Throws `DocumentError` or the signal's reason. */
  async ask(document: Consignment, request: ParserRequest, options: AskOptions): Promise<PageScan[]> {
    if (!this.#isReady) await this.#converse({ ...options, silenceMs: START_TIMEOUT_MS }, 'ready', async () => {});
    this.#isReady = true;
    return this.#converse(options, 'done', async (keepWaiting) => {
      if (this.#documentId !== document.id) await this.#sendDocument(document, keepWaiting);
      await this.#send(request);
    });
  }

  /** Kills it; resolves when it is gone. */
  async end(): Promise<void> {
    this.#isEnding = true;
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  #watchExit(onGone: () => void): void {
    const onEnd = (signal: string | null, cause?: Error): void => {
      this.#exitError ??= this.#explainExit(signal, cause);
      this.#pending?.onExit(this.#exitError);
      onGone();
    };
    this.#child.once('exit', (_code, signal) => onEnd(signal));
    // Without a pid it never started and will not exit; with one, a failed send: its exit says why.
    this.#child.on('error', (error) => this.#child.pid === undefined && onEnd(null, error));
  }

  #explainExit(signal: string | null, cause?: Error): DocumentError {
    if (!this.#isEnding && (signal === 'SIGKILL' || signal === 'SIGABRT' || HEAP_FULL.test(this.#printed))) {
      const megabytes = Math.round(this.#limits.processBytes / 1024 / 1024);
      return new DocumentError(
        'document_memory',
        `Reading the document takes more than ${megabytes} MB of memory; split it or save it in a simpler form.`,
      );
    }
    return new DocumentError('unreadable_document', 'The document ended the parser that read it; export it again from its source.', cause);
  }

  /** Sends, then waits for the reply of the kind given. */
  #converse(options: AskOptions, until: 'ready' | 'done', start: (keepWaiting: () => void) => Promise<void>): Promise<PageScan[]> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void): void => {
        clearTimeout(timer);
        options.signal.removeEventListener('abort', onAbort);
        this.#pending = undefined;
        settle();
      };
      const abandon = (error: unknown): void => finish(() => void this.end().then(() => reject(error)));
      const onAbort = (): void => abandon(options.signal.reason);
      const timer = setTimeout(() => abandon(silenceError(options.silenceMs)), options.silenceMs);
      const onReply = (reply: ParserReply): void => {
        timer.refresh();
        if (reply.kind === 'page') options.onPage(reply.page);
        else if (reply.kind === 'failed') this.#refuse(reply, finish, reject);
        else if (reply.kind === 'broken') abandon(brokenError(reply.message));
        else if (reply.kind === until) finish(() => resolve(reply.kind === 'done' ? reply.scans : []));
      };
      this.#pending = { onReply, onExit: (error) => finish(() => reject(error)) };
      options.signal.addEventListener('abort', onAbort, { once: true });
      if (options.signal.aborted) onAbort();
      else if (this.#exitError !== undefined) this.#pending.onExit(this.#exitError);
      else start(() => timer.refresh()).catch(() => {}); // a send fails when the process goes: its exit says why
    });
  }

  /** A document that its parser refuses may have left it in any state: the next one gets another process. */
  #refuse(reply: ParserReply & { kind: 'failed' }, finish: (settle: () => void) => void, reject: (error: DocumentError) => void): void {
    this.#isSpent = true;
    finish(() => reject(new DocumentError(reply.code, reply.message)));
  }

  async #sendDocument(document: Consignment, keepWaiting: () => void): Promise<void> {
    this.#documentId = document.id;
    await this.#send({ kind: 'open', source: document.source });
    for (let start = 0; start < document.bytes.length; start += CHUNK_BYTES) {
      await this.#send({ kind: 'chunk', bytes: document.bytes.subarray(start, start + CHUNK_BYTES) });
      keepWaiting();
    }
  }

  #send(request: ParserRequest): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#child.send(request, (error) => (error === null ? resolve() : reject(error)));
    });
  }

  #keepOutput(text: string): void {
    this.#printed = (this.#printed + text).slice(-OUTPUT_CHARACTERS);
  }
}

const silenceError = (silenceMs: number) =>
  new DocumentError(
    'document_timeout',
    `A step of reading the document took more than ${silenceMs / 1000} s and was stopped; split it or save it in a simpler form.`,
  );

const brokenError = (cause: string) =>
  new DocumentError('unreadable_document', 'The parser failed on this document; export it again from its source.', cause);
