import { type Id, parseId } from '#base';
import type { ChangeEvent } from './event.ts';

/** PostgreSQL refuses a payload of 8,000 bytes and more; a little room is left. */
export const MAX_PAYLOAD_BYTES = 7_900;

/** A word is one letter on the channel. Append only: two versions of the platform share a database during an upgrade. */
const TYPES: readonly ChangeEvent['type'][] = [
  'flow_execution.created',
  'flow_execution.updated',
  'flow_execution.deleted',
  'task_execution.updated',
  'task_output.created',
  'task_output.updated',
  'task_tags.updated',
  'task_status.updated',
];
const FIRST_LETTER = 'a'.charCodeAt(0);
const ID_CHARACTERS = 22; // 16 bytes as base64url
const RECORD_CHARACTERS = 1 + 4 * ID_CHARACTERS;
const HEADER_CHARACTERS = ID_CHARACTERS + 1;
/** No character of base64url. */
const MARK = '~';
const MARK_CHARACTERS = 12; // a number below 2^53 in base 36, after its sign
const RECORDS_A_PAYLOAD = Math.floor((MAX_PAYLOAD_BYTES - HEADER_CHARACTERS - MARK_CHARACTERS) / RECORD_CHARACTERS);

export interface EventPayload {
  /** The hub that sent it: each ignores its own. */
  origin: Id;
  /** Work may have become ready. */
  work: boolean;
  events: ChangeEvent[];
}

const packId = (id: Id): string => Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url');
const unpackId = (text: string): Id | undefined => parseId(Buffer.from(text, 'base64url').toString('hex'));

/** How a payload of this hub begins: lets it drop its own without reading them. */
export const originMark = packId;

/** Events of a burst share organization, flow and execution: each id is packed once. */
function packer(): (id: Id) => string {
  const packed = new Map<Id, string>();
  return (id) => {
    const known = packed.get(id) ?? packId(id);
    packed.set(id, known);
    return known;
  };
}

function packEvent(event: ChangeEvent, pack: (id: Id) => string): string {
  const letter = String.fromCharCode(FIRST_LETTER + TYPES.indexOf(event.type));
  return letter + pack(event.organizationId) + pack(event.flowId) + pack(event.flowExecutionId) + packId(event.id);
}

/**
 * Payloads of NOTIFY for these events: ids only, each within the limit; at least one, so that a bare announcement of work travels too. Each ends with
 * `mark`, which its own hub reads when it hears itself; others, of any version, read whole records and so pass over it.
 */
export function encodePayloads({ origin, work, events }: EventPayload, mark = 0): string[] {
  const header = packId(origin);
  const pack = packer();
  const payloads: string[] = [];
  for (let from = 0; from === 0 || from < events.length; from += RECORDS_A_PAYLOAD) {
    payloads.push(
      header +
        (work && from === 0 ? 'w' : '-') +
        events
          .slice(from, from + RECORDS_A_PAYLOAD)
          .map((event) => packEvent(event, pack))
          .join('') +
        MARK +
        Math.floor(mark).toString(36),
    );
  }
  return payloads;
}

/** The mark at the end of a payload of this hub's own. */
export const markOf = (payload: string): number => Number.parseInt(payload.slice(payload.lastIndexOf(MARK) + 1), 36);

/** Reads a payload. A record that it does not know (a newer version's) is left out; undefined where the whole is none of ours. */
export function decodePayload(payload: string): EventPayload | undefined {
  const origin = unpackId(payload.slice(0, ID_CHARACTERS));
  if (origin === undefined) return undefined;
  const events: ChangeEvent[] = [];
  for (let at = HEADER_CHARACTERS; at + RECORD_CHARACTERS <= payload.length; at += RECORD_CHARACTERS) {
    const event = unpackEvent(payload, at);
    if (event) events.push(event);
  }
  return { origin, work: payload[ID_CHARACTERS] === 'w', events };
}

function unpackEvent(payload: string, at: number): ChangeEvent | undefined {
  const type = TYPES[payload.charCodeAt(at) - FIRST_LETTER];
  const [organizationId, flowId, flowExecutionId, id] = [0, 1, 2, 3].map((n) =>
    unpackId(payload.slice(at + 1 + n * ID_CHARACTERS, at + 1 + (n + 1) * ID_CHARACTERS)),
  );
  if (type === undefined || !organizationId || !flowId || !flowExecutionId || !id) return undefined;
  return { organizationId, flowId, flowExecutionId, type, id };
}
