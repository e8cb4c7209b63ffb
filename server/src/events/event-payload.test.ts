import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newId } from '#base';
import type { ChangeEvent } from './event.ts';
import { decodePayload, encodePayloads, MAX_PAYLOAD_BYTES, markOf } from './event-payload.ts';

const types: ChangeEvent['type'][] = [
  'flow_execution.created',
  'flow_execution.updated',
  'flow_execution.deleted',
  'task_execution.updated',
  'task_output.created',
  'task_output.updated',
];
const event = (type: ChangeEvent['type']): ChangeEvent => ({
  organizationId: newId(),
  flowId: newId(),
  flowExecutionId: newId(),
  type,
  id: newId(),
});

describe('payloads of NOTIFY', () => {
  test('what goes in comes out, in order, and no payload is over the limit', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...types), { maxLength: 400 }), fc.boolean(), fc.maxSafeNat(), (words, work, mark) => {
        const origin = newId();
        const events = words.map(event);
        const payloads = encodePayloads({ origin, work, events }, mark);
        const read = payloads.map((payload) => decodePayload(payload));
        expect(payloads.every((payload) => Buffer.byteLength(payload) <= MAX_PAYLOAD_BYTES)).toBe(true);
        expect(read.flatMap((part) => part?.events)).toEqual(events);
        expect(read.every((part) => part?.origin === origin)).toBe(true);
        expect(read.some((part) => part?.work)).toBe(work);
        expect(payloads.every((payload) => markOf(payload) === mark)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test('a bare announcement of work is one payload without events', () => {
    const payloads = encodePayloads({ origin: newId(), work: true, events: [] });
    expect(payloads.map(decodePayload)).toEqual([expect.objectContaining({ work: true, events: [] })]);
  });

  test('a record of a newer version is left out, the others are read', () => {
    const known = event('task_output.created');
    const [payload = ''] = encodePayloads({ origin: newId(), work: false, events: [event('flow_execution.created'), known] });
    const foreign = `${payload.slice(0, 23)}z${payload.slice(24)}`;
    expect(decodePayload(foreign)?.events).toEqual([known]);
  });

  test.each(['', 'hello', 'x'.repeat(7_000), '{"id": 1}', '-----------------------'])('%s is none of ours', (payload) => {
    expect(decodePayload(payload)?.events ?? []).toEqual([]);
  });
});
