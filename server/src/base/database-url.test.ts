import { expect, test } from 'vitest';
import { parseDatabaseUrl } from './database-url.ts';

test.each([
  ['postgres://u:p@db.example/flow/', 'postgres://u:p@db.example/flow'],
  ['postgresql:///flow?host=/run/postgresql', 'postgresql:///flow?host=/run/postgresql'],
  [
    'postgres://u:p%40ss@a:5432,b:5433/flow?target_session_attrs=read-write',
    'postgres://u:p%40ss@a:5432/flow?target_session_attrs=read-write&host=a%2Cb&port=5432%2C5433',
  ],
  ['postgres://u@a,[::1]:6000/flow', 'postgres://u@a/flow?host=a%2C%3A%3A1&port=5432%2C6000'],
])('%s is passed on as %s', (text, url) => {
  expect(parseDatabaseUrl(text)).toBe(url);
});

test.each(['mysql://u:secret@a/flow', 'postgres://u:secret@a:5432,b:x/flow', 'postgres://u:secret@a,,b/flow', 'no url, secret'])(
  '%s is refused without its password',
  (text) => {
    expect(() => parseDatabaseUrl(text)).toThrow(/^must be a URL that begins with postgres:((?!secret).)*$/);
  },
);

test('a connection that only reads is refused', () => {
  expect(() => parseDatabaseUrl('postgres://a,b/flow?target_session_attrs=standby')).toThrow('target_session_attrs=read-write');
});
