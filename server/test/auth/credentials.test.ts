import { createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPlatformKey } from '#access';
import { newId } from '#base';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

let platform: TestPlatform;
let user: TestClient;
let key: TestClient;

beforeAll(async () => {
  platform = await startTestPlatform();
  user = await platform.as('app_user');
  key = await platform.as('service_account');
});
afterAll(() => platform.close());

const profileWith = async (headers: Record<string, string>) => {
  const response = await fetch(`${platform.url}/api/profile/me`, { headers });
  return { status: response.status, headers: response.headers, body: (await response.json()) as { id: string } };
};

test('each form of credentials is taken', async () => {
  for (const text of [`Bearer ${user.token}`, `bEARER  ${user.token}`])
    expect((await profileWith({ Authorization: text })).body.id).toBe(user.id);
  const forms: Record<string, string>[] = [
    { 'X-API-Key': key.token },
    { Authorization: `Bearer ${key.token}` },
    { Authorization: key.token },
    { Authorization: 'Basic eDp5', 'X-API-Key': key.token },
  ];
  for (const headers of forms) expect((await profileWith(headers)).body.id).toBe(key.id);
});

test('of two credentials Bearer decides, also where it is bad', async () => {
  expect((await profileWith({ Authorization: `Bearer ${user.token}`, 'X-API-Key': key.token })).body.id).toBe(user.id);
  expect((await profileWith({ Authorization: 'Bearer nonsense', 'X-API-Key': key.token })).status).toBe(401);
});

test('missing credentials and bad ones have a message each, and say Bearer', async () => {
  const missing = await profileWith({});
  const bad = await profileWith({ Authorization: 'Bearer nonsense' });
  expect(missing).toMatchObject({ status: 401, body: { error: { code: 'unauthorized', message: 'Authentication required' } } });
  expect(bad).toMatchObject({ status: 401, body: { error: { code: 'unauthorized', message: 'Invalid authentication token' } } });
  for (const answer of [missing, bad]) expect(answer.headers.get('www-authenticate')).toBe('Bearer');
});

test('the anon key opens nothing', async () => {
  const anyone = await platform.as('anonymous');
  const { anon_key: anonKey } = (await anyone.get('/api/auth/anon-key')).body;
  const forms: Record<string, string>[] = [{ Authorization: `Bearer ${anonKey}` }, { 'X-API-Key': anonKey }, { apikey: anonKey }];
  for (const headers of forms) expect((await profileWith(headers)).status).toBe(401);
});

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
const hmac = (input: string, secret: string | Buffer, hash = 'sha256') => createHmac(hash, secret).update(input).digest('base64url');
const forge = (header: object, claims: object, secret: string | Buffer, hash?: string) => {
  const input = `${part(header)}.${part(claims)}`;
  return `${input}.${hmac(input, secret, hash)}`;
};

/** Tokens that an attacker would try, each wrong in one way. */
function corpus(real: string): Record<string, string> {
  const claims = claimsOf(real);
  const [header = '', payload = '', signature = ''] = real.split('.');
  const HS256 = { alg: 'HS256', typ: 'JWT' };
  const guess = randomBytes(32);
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const rs256 = `${part({ alg: 'RS256', typ: 'JWT' })}.${payload}`;
  const none = (alg: string) => `${part({ alg, typ: 'JWT' })}.${payload}.`;
  const changed = (change: object) => `${header}.${part({ ...claims, ...change })}.${signature}`;
  const tokens: Record<string, string> = {
    empty: '',
    word: 'token',
    dots: '..',
    'four parts': `${real}.x`,
    'two parts': `${header}.${payload}`,
    'no signature': `${header}.${payload}.`,
    'half a signature': real.slice(0, -20),
    'last bits changed': real.slice(0, -2) + (real.endsWith('AA') ? 'BB' : 'AA'),
    'signature of zeros': `${header}.${payload}.${Buffer.alloc(32).toString('base64url')}`,
    'alg none': none('none'),
    'alg None': none('None'),
    'alg NONE': none('NONE'),
    'alg nOnE with a signature': `${part({ alg: 'nOnE', typ: 'JWT' })}.${payload}.${signature}`,
    'alg missing': forge({ typ: 'JWT' }, claims, guess),
    'alg HS384': forge({ alg: 'HS384', typ: 'JWT' }, claims, guess, 'sha384'),
    'alg HS512': forge({ alg: 'HS512', typ: 'JWT' }, claims, guess, 'sha512'),
    'alg RS256 of its own key': `${rs256}.${sign('sha256', Buffer.from(rs256), privateKey).toString('base64url')}`,
    'HS256 by an RSA public key': forge(HS256, claims, publicKey.export({ type: 'spki', format: 'pem' }) as string),
    'alg EdDSA': forge({ alg: 'EdDSA', typ: 'JWT' }, claims, guess),
    'own secret': forge(HS256, claims, guess),
    'empty secret': forge(HS256, claims, ''),
    'the word secret': forge(HS256, claims, 'secret'),
    'secret of the anon key': forge(HS256, claims, platform.access.anonKey),
    'zeros as secret': forge(HS256, claims, Buffer.alloc(32)),
    'kid a path': forge({ ...HS256, kid: '../../../../dev/null' }, claims, ''),
    'kid a statement': forge({ ...HS256, kid: "x' union select ''--" }, claims, ''),
    'jwk in the header': forge({ ...HS256, jwk: { kty: 'oct', k: guess.toString('base64url') } }, claims, guess),
    'jku in the header': forge({ ...HS256, jku: 'http://127.0.0.1/keys' }, claims, guess),
    'x5u in the header': forge({ ...HS256, x5u: 'http://127.0.0.1/keys' }, claims, guess),
    'crit unknown': forge({ ...HS256, crit: ['exp'] }, claims, guess),
    'b64 false': forge({ ...HS256, b64: false, crit: ['b64'] }, claims, guess),
    'role raised': changed({ role: 'org_admin' }),
    'other organization': changed({ org_id: platform.b.id }),
    'other user': changed({ sub: newId() }),
    'expiry moved': changed({ exp: claims.exp + 1e6 }),
    'issuer changed': changed({ iss: 'https://elsewhere.example' }),
    'audience changed': changed({ aud: 'anon' }),
    'a key of ours in form': `saf_org_aaaaaaaa_bbbbbbbb_${'x'.repeat(43)}`,
    'a key cut short': key.token.slice(0, -1),
    'very long': 'x'.repeat(8_000),
    'padded base64': `${header}.${payload}.${signature}==`,
    'NUL at the end': `${real}%00`,
    'the anon key': platform.access.anonKey,
    'JSON instead of parts': JSON.stringify(claims),
  };
  return tokens;
}

test('no forged token of the corpus opens anything', async () => {
  const tokens = corpus(user.token);
  expect(Object.keys(tokens).length).toBeGreaterThanOrEqual(40);
  const opened: string[] = [];
  for (const [name, token] of Object.entries(tokens)) {
    const { status } = await profileWith({ Authorization: `Bearer ${token}` });
    if (status !== 401) opened.push(`${name}: ${status}`);
  }
  expect(opened).toEqual([]);
});

test('a token of ours that is wrong in its claims opens nothing', async () => {
  const signingKey = await openPlatformKey(platform.engineDb, platform.config.encryptionKey, 'access-tokens');
  const claims = claimsOf(user.token);
  const now = Math.floor(Date.now() / 1_000);
  const wrong: [string, object, object?][] = [
    ['expired', { exp: now - 10 }],
    ['not yet', { nbf: now + 600 }],
    ['no expiry', { exp: undefined }],
    ['no session', { session_id: undefined }],
    ['a session that is no id', { session_id: 'x' }],
    ['a foreign session', { session_id: newId() }],
    ['no organization', { org_id: null }],
    ['another organization', { org_id: platform.b.id }],
    ['another user', { sub: newId() }],
    ['no subject', { sub: undefined }],
    ['another issuer', { iss: 'elsewhere' }],
    ['the audience of the anon key', { aud: 'anon' }],
    ['another type', {}, { alg: 'HS256', typ: 'at+jwt' }],
  ];
  for (const [name, change, header] of wrong) {
    const token = forge(header ?? { alg: 'HS256', typ: 'JWT' }, { ...claims, ...change }, signingKey);
    expect([name, (await profileWith({ Authorization: `Bearer ${token}` })).status]).toEqual([name, 401]);
  }
  const right = forge({ alg: 'HS256', typ: 'JWT' }, claims, signingKey);
  expect((await profileWith({ Authorization: `Bearer ${right}` })).status).toBe(200);
});
