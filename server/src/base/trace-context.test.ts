import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allowedAttributes } from './span-attributes.ts';
import { activeTrace, parseTraceparent, splitTraceparent, withinTrace } from './trace-context.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

test.each([
  ['as the standard has it', `00-${TRACE}-${SPAN}-01`, `00-${TRACE}-${SPAN}-01`],
  ['not sampled', `00-${TRACE}-${SPAN}-00`, `00-${TRACE}-${SPAN}-00`],
  ['with flags that this version does not know', `00-${TRACE}-${SPAN}-ff`, `00-${TRACE}-${SPAN}-01`],
  ['of a later version', `cc-${TRACE}-${SPAN}-01-what-the-future-will-be-like`, `00-${TRACE}-${SPAN}-01`],
])('a traceparent %s is read', (_, sent, read) => {
  expect(parseTraceparent(sent)).toBe(read);
});

test.each([
  ['absent', undefined],
  ['sent twice', [`00-${TRACE}-${SPAN}-01`, `00-${TRACE}-${SPAN}-01`]],
  ['sent twice and joined', `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`],
  ['empty', ''],
  ['of the version that there is not', `ff-${TRACE}-${SPAN}-01`],
  ['longer than version 00', `00-${TRACE}-${SPAN}-01-more`],
  ['with more that is not set apart', `cc-${TRACE}-${SPAN}-01.more`],
  ['in capitals', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
  ['without a trace', `00-${'0'.repeat(32)}-${SPAN}-01`],
  ['without a span', `00-${TRACE}-${'0'.repeat(16)}-01`],
  ['short', `00-${TRACE.slice(1)}-${SPAN}-01`],
  ['with a line break', `00-${TRACE}-${SPAN}-01\n`],
])('a traceparent that is %s is none', (_, sent) => {
  expect(parseTraceparent(sent)).toBeUndefined();
});

test('whatever is sent, the answer is a traceparent or nothing', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}.*$/)), (sent) => {
      const read = parseTraceparent(sent);
      expect(read === undefined || /^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/.test(read)).toBe(true);
    }),
  );
});

test('its parts are those that were sent', () => {
  expect(splitTraceparent(`00-${TRACE}-${SPAN}-01`)).toEqual({ traceId: TRACE, spanId: SPAN, isSampled: true });
});

test('a trace is that of the work, of what it awaits, and of nothing beside it', async () => {
  const trace = { traceparent: `00-${TRACE}-${SPAN}-01` };
  const beside = Promise.resolve().then(() => activeTrace());
  const seen = await withinTrace(trace, async () => {
    await Promise.resolve();
    return activeTrace();
  });
  expect(seen).toBe(trace);
  expect(await beside).toBeUndefined();
  expect(activeTrace()).toBeUndefined();
});

test('a span says ids and words, and nothing that is not in the list', () => {
  const attributes = {
    'flow.executor': 'http_request',
    'http.route': '/api/flows/:flow_id/*',
    'flow.attempt': 2,
    'flow.fused': true,
    'flow.status': 'Bearer s3cret of somebody',
    'flow.error_code': undefined,
    'url.full': 'https://example.org/?token=s3cret',
  };
  expect(allowedAttributes(attributes)).toEqual({
    'flow.executor': 'http_request',
    'http.route': '/api/flows/:flow_id/*',
    'flow.attempt': 2,
    'flow.fused': true,
  });
});
