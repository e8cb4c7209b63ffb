// Idempotency-Key (core.md G5): a POST that is sent again does its work once. A key is a row, taken before the work and answered after it. What
// lies between, a crash, leaves a key without an answer: the next call with it runs anew, and makes its thing under the same id, which follows
// from the key; so it finds what the first one made, whichever transaction that was.
import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { badRequest, conflict, FlowError, type Id, newId } from '#base';
import type { FlowApp } from '../flow-app.ts';
import { aboutRequest } from './about-request.ts';
import {
  findKey,
  forgetKey,
  giveKeyBack,
  type KeptAnswer,
  type KeyPlace,
  type KeyState,
  keepAnswer,
  type TakenKey,
  takeKey,
} from './idempotency-key.queries.ts';

const MAX_KEY_CHARACTERS = 255;
/** For the first call to answer; then the second is told to come back. */
const MAX_WAIT_MS = 10_000;
const POLL_MIN_MS = 20;
const POLL_MAX_MS = 500;
const RETRY_AFTER_SECONDS = 5;
/** Between attempts to say what became of a key, doubled each time: a minute in all. */
const LATER_MIN_MS = 250;
const LATER_MAX_MS = 33_000;
/** Larger answers are made anew from what is there: rows of megabytes would fill the table. */
const MAX_KEPT_CHARACTERS = 256 * 1024;

/** Headers of an answer that are given again. The others belong to the exchange or are set by it. */
const KEPT_HEADERS = ['content-type', 'location', 'etag', 'link', 'preference-applied', 'retry-after'];
/** Answers that say nothing of the work: the call may be right another time. */
const PASSING = new Set([401, 403, 429]);

interface HeldKey extends TakenKey {
  place: KeyPlace;
}

const bodyTexts = new WeakMap<FastifyRequest, Buffer>();
const held = new WeakMap<FastifyRequest, HeldKey>();

/** Called by the body parsers: the same body is the same bytes. */
export function noteBody(request: FastifyRequest, text: string): void {
  if (request.routeOptions.config.idempotent && request.headers['idempotency-key'] !== undefined)
    bodyTexts.set(request, createHash('sha256').update(text).digest());
}

/** What this request may make. Under a repeated key `isRepeated` says that it may have been made already, with this id. */
export function creationOf(request: FastifyRequest): { id: Id; isRepeated: boolean } {
  const key = held.get(request);
  return key ? { id: idOfKey(key), isRepeated: key.isRepeated } : { id: newId(), isRepeated: false };
}

/** A v7 id that begins with the key's time and goes on with its hash. */
function idOfKey({ place, createdAt }: HeldKey): Id {
  const { organizationId, principalId, operation, key } = place;
  const hash = createHash('sha256')
    .update(JSON.stringify([organizationId, principalId, operation, key]))
    .digest('hex');
  const time = createdAt.getTime().toString(16).padStart(12, '0');
  const variant = ((Number.parseInt(hash.slice(3, 5), 16) & 0x3f) | 0x80).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hash.slice(0, 3)}-${variant}${hash.slice(5, 7)}-${hash.slice(7, 19)}`;
}

/** For routes whose config says `idempotent`: after the body is checked, before the handler. */
export function useIdempotencyKeys(app: FlowApp): void {
  const closing = new AbortController();
  app.addHook('preHandler', async (request, reply) => {
    const { idempotent, operation } = request.routeOptions.config;
    const key = request.headers['idempotency-key'];
    if (!idempotent || operation === undefined || key === undefined) return;
    if (typeof key !== 'string' || key.trim() === '' || key.length > MAX_KEY_CHARACTERS)
      throw badRequest(`Idempotency-Key must have 1 to ${MAX_KEY_CHARACTERS} characters`);
    const { organizationId, id: principalId } = request.principal;
    const place = { organizationId, principalId, operation, key: key.trim(), callId: newId() };
    const answer = await takeOrRead(request, place).catch((error) => {
      if (isUnavailable(error)) void settleLater(request, place, 'given_back', closing.signal); // it may have been taken all the same
      throw error;
    });
    if (answer) return sendKept(reply, answer);
  });
  app.addHook('onSend', async (request, reply, payload) => {
    const key = held.get(request);
    if (!key) return;
    held.delete(request);
    if (key.wasAnswered) reply.header('Idempotency-Replayed', 'true');
    const state = stateAfter(reply, payload);
    await settle(request, key.place, state).catch((error) => {
      request.log.warn({ err: error, ...aboutRequest(request) }, 'the answer to an Idempotency-Key is not kept yet');
      void settleLater(request, key.place, state, closing.signal);
    });
  });
  app.addHook('onClose', async () => closing.abort());
}

/** Takes the key for this request, or reads what was answered under it, waiting for that where a call is under way. Throws conflict. */
async function takeOrRead(request: FastifyRequest, place: KeyPlace): Promise<KeptAnswer | undefined> {
  const query = request.url.slice(`${request.url}?`.indexOf('?'));
  const bodyHash = createHash('sha256')
    .update(query)
    .update('\0')
    .update(bodyTexts.get(request) ?? '')
    .digest();
  const deadline = Date.now() + MAX_WAIT_MS;
  for (let pauseMs = POLL_MIN_MS; ; pauseMs = Math.min(pauseMs * 2, POLL_MAX_MS)) {
    const found = await request.tenant(async (tx) => (await takeKey(tx, place, bodyHash)) ?? { state: await findKey(tx, place) });
    if ('createdAt' in found) {
      held.set(request, { place, ...found });
      return undefined;
    }
    const answer = readState(found.state, bodyHash);
    if (answer) return answer;
    if (Date.now() + pauseMs > deadline) throw stillRunning();
    await wait(pauseMs * (0.5 + Math.random()));
  }
}

function readState(state: KeyState | undefined, bodyHash: Buffer): KeptAnswer | undefined {
  if (state === undefined) return undefined; // forgotten this moment
  if (!state.bodyHash.equals(bodyHash)) throw conflict('This Idempotency-Key was used for another request; take a new one');
  const { status, headers, body } = state;
  return status === null || body === null ? undefined : { status, headers: headers ?? {}, body };
}

const isUnavailable = (error: unknown): boolean => error instanceof FlowError && error.code === 'service_unavailable';

const stillRunning = (): FlowError =>
  new FlowError('conflict', 'A call with this Idempotency-Key is under way; ask again for its answer', {
    headers: { 'Retry-After': String(RETRY_AFTER_SECONDS) },
  });

const sendKept = (reply: FastifyReply, { status, headers, body }: KeptAnswer) =>
  reply
    .code(status)
    .headers({ ...headers, 'Idempotency-Replayed': 'true' })
    .serializer((text: unknown) => text as string)
    .send(body);

/** What becomes of a key when its call has ended. */
type EndState = 'forgotten' | 'given_back' | { status: number; headers: Record<string, string>; body: string | null };

function stateAfter(reply: FastifyReply, payload: unknown): EndState {
  const status = reply.statusCode;
  if (PASSING.has(status)) return 'forgotten';
  if (status >= 500 || typeof payload !== 'string') return 'given_back';
  const headers = Object.fromEntries(
    KEPT_HEADERS.flatMap((name) => (reply.hasHeader(name) ? [[name, String(reply.getHeader(name))]] : [])),
  );
  return { status, headers, body: payload.length > MAX_KEPT_CHARACTERS ? null : payload };
}

const settle = (request: FastifyRequest, place: KeyPlace, state: EndState): Promise<void> =>
  request.tenant((tx) => {
    if (state === 'forgotten') return forgetKey(tx, place);
    if (state === 'given_back') return giveKeyBack(tx, place);
    return keepAnswer(tx, place, state);
  });

/** While the database is away. Whoever asks again with the key waits as for a call that runs; what is given up here ends with the hold. */
async function settleLater(request: FastifyRequest, place: KeyPlace, state: EndState, signal: AbortSignal): Promise<void> {
  for (let pauseMs = LATER_MIN_MS; pauseMs < LATER_MAX_MS && !signal.aborted; pauseMs *= 2) {
    await wait(pauseMs, undefined, { ref: false, signal }).catch(() => {}); // closing ends the loop
    const isSettled = await settle(request, place, state).then(
      () => true,
      () => false,
    );
    if (isSettled) return;
  }
}

/** How OpenAPI describes it. */
export const IDEMPOTENCY_HEADER = {
  'Idempotency-Key': {
    type: 'string',
    minLength: 1,
    maxLength: MAX_KEY_CHARACTERS,
    description:
      'Of your own making, one for each thing that you want done: sent again within 24 hours with the same body, it gives the first answer again ' +
      '(Idempotency-Replayed: true) and does nothing twice; with another body it is 409.',
  },
} as const;
