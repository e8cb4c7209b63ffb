import { describe, expect, test } from 'vitest';
import { createLog, type Json } from '#base';
import { createRedactor, type Redactor } from './redact-secrets.ts';

const VALUE = 'p+ss/w=rd &"quote" ü';
const redactor = createRedactor({ KEY: VALUE, OTHER: 'tok-1234567890', SHORT: 'abc' }) as Redactor;
const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('what a secret may look like', () => {
  test.each([
    ['plain', VALUE],
    ['within a text', `before ${VALUE} after`],
    ['base64', base64(VALUE)],
    ['base64 behind a user', base64(`user:${VALUE}`)],
    ['base64 behind another user', base64(`users:${VALUE}`)],
    ['base64 in the middle', base64(`us:${VALUE}:more of it`)],
    ['base64url', Buffer.from(`u:${VALUE}`).toString('base64url')],
    ['percent-encoded', encodeURIComponent(VALUE)],
    ['percent-encoded by another library', encodeURIComponent(VALUE).replaceAll(/%../g, (code) => code.toLowerCase())],
    ['as a form', new URLSearchParams({ a: 'tok-1234567890' }).toString()],
    ['JSON text', JSON.stringify({ a: VALUE })],
    ['hexadecimal', Buffer.from(VALUE).toString('hex')],
  ])('%s', (_, text) => {
    const clean = redactor.text(text);
    expect(clean).toContain('[secret:');
    for (const part of [VALUE, 'w=rd', base64('w=rd &"quote"').slice(0, 8), '772f', 'tok-123']) expect(clean).not.toContain(part);
  });

  test('a line of a key of many lines, but no line that any text may have', () => {
    const key = '-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0\n}\n-----END KEY-----\n';
    const lines = createRedactor({ PEM: key }) as Redactor;
    expect(lines.text('bad line MIIEvQIBADANBgkqhkiG9w0')).toBe('bad line [secret:PEM]');
    expect(lines.text('{ } -----BEGIN KEY-----')).toBe('{ } -----BEGIN KEY-----');
  });

  test('too short to be one: left alone', () => {
    expect(redactor.text('abc')).toBe('abc');
    expect(createRedactor({ SHORT: 'abc' })).toBeUndefined();
    expect(createRedactor({})).toBeUndefined();
    expect(createRedactor(undefined)).toBeUndefined();
  });
});

test('values and keys of any depth, numbers that spell it, and nothing else', () => {
  const pin = createRedactor({ PIN: '123456' }) as Redactor;
  expect(pin.json({ a: [{ b: 'PIN 123456' }, 123456, 1234567, null, true], '123456': 1 } as Json)).toEqual({
    a: [{ b: 'PIN [secret:PIN]' }, '[secret:PIN]', '[secret:PIN]7', null, true],
    '[secret:PIN]': 1,
  });
  const hostile = JSON.parse('{"__proto__": {"x": "tok-1234567890"}}');
  expect(JSON.stringify(redactor.json(hostile))).toBe('{"__proto__":{"x":"[secret:OTHER]"}}');
});

test('each kind of outcome', () => {
  const secret = 'tok-1234567890';
  const error = { code: 'x', message: `no ${secret}`, retryable: true, details: { secret } };
  const outcomes = [
    redactor.outcome({ status: 'completed', output: { secret }, summary: { secret }, routes: ['a'] }),
    redactor.outcome({ status: 'failed', error, output: secret, summary: { secret }, retryAfterMs: 5 }),
    redactor.outcome({ status: 'scheduled', until: new Date(0), checkpoint: { secret } }),
    redactor.outcome({ status: 'awaiting_input', checkpoint: [secret] }),
  ];
  expect(JSON.stringify(outcomes)).not.toContain(secret);
  expect(outcomes).toMatchObject([
    { routes: ['a'] },
    { retryAfterMs: 5, error: { code: 'x', retryable: true } },
    { until: new Date(0) },
    { checkpoint: ['[secret:OTHER]'] },
  ]);
});

test('lines of the log, its children, and errors with their causes', () => {
  const lines: string[] = [];
  const log = redactor.log(
    createLog({ destination: { write: (line: string) => void lines.push(line) } as unknown as NodeJS.WritableStream }),
  );
  const cause = new Error('inner tok-1234567890');
  log.info('said tok-1234567890');
  log.warn({ a: { b: ['tok-1234567890'] } }, 'with %s', 'tok-1234567890');
  log.error({ err: new Error('outer tok-1234567890', { cause }) }, 'failed');
  log.child({ token_of: 'tok-1234567890' }).error(new Error('tok-1234567890'));
  expect(lines).toHaveLength(4);
  expect(lines.join('')).not.toContain('tok-123');
  expect(lines.join('')).toContain('outer [secret:OTHER]');
});

test('a file, as the bytes that it is', async () => {
  const written: Buffer[] = [];
  const files = redactor.files({
    describe: async () => ({}) as never,
    read: async () => Buffer.alloc(0),
    write: async (bytes) => {
      written.push(bytes);
      return {} as never;
    },
  });
  const picture = Buffer.from([0xff, 0xd8, 0, 1, 2, 254, 255]);
  await files.write(picture, { filename: 'a.jpg', contentType: 'image/jpeg' });
  await files.write(Buffer.concat([picture, Buffer.from(VALUE), picture]), { filename: 'b', contentType: 'text/plain' });
  expect(written).toEqual([picture, Buffer.concat([picture, Buffer.from('[secret:KEY]'), picture])]);
});
