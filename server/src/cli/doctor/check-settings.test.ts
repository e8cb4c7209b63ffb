import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { roomFault } from './check-machine.ts';
import { checkKey, checkNames, checkNetwork } from './check-settings.ts';

const LOCAL = { host: '127.0.0.1', corsOrigins: [], allowPrivateNetworks: [] };

test('a key of random bytes is well, one that repeats itself is not', () => {
  expect(checkKey({ encryptionKey: randomBytes(32) }).ok).toBe(true);
  expect(checkKey({ encryptionKey: Buffer.from('correct horse correct horse corr') })).toMatchObject({
    ok: false,
    says: expect.stringContaining('openssl rand'),
  });
});

test.each([
  LOCAL,
  { ...LOCAL, publicUrl: 'https://flow.acme.org', host: '0.0.0.0' },
  { ...LOCAL, publicUrl: 'http://10.0.0.7:8080' },
  { ...LOCAL, publicUrl: 'http://localhost:8080', allowPrivateNetworks: ['10.0.0.0/8'] },
])('%o is well', (config) => {
  expect(checkNetwork(config).ok).toBe(true);
});

test.each([
  [{ ...LOCAL, publicUrl: 'http://flow.acme.org' }, /in the clear; put TLS before it/],
  [{ ...LOCAL, publicUrl: 'http://203.0.113.9' }, undefined],
  [{ ...LOCAL, publicUrl: 'http://93.184.215.14' }, /in the clear/],
  [{ ...LOCAL, host: '0.0.0.0' }, /links in answers lead nowhere/],
  [{ ...LOCAL, corsOrigins: ['*'] }, /list the origins of your own pages/],
  [{ ...LOCAL, allowPrivateNetworks: ['10.0.0.0/8', '0.0.0.0/0'] }, /has 0\.0\.0\.0\/0: a flow may call this machine/],
])('%o is told', (config, says) => {
  const finding = checkNetwork(config);
  expect(finding.ok).toBe(says === undefined); // addresses of documentation are nobody's
  if (says) expect(finding.says).toMatch(says);
});

test('variables that are no settings, and a disk that is nearly full', () => {
  expect(checkNames(['FLOW_PROT'])).toMatchObject({ ok: false, says: 'no setting has this name: FLOW_PROT' });
  expect(roomFault('/data', 0.4)).toEqual([expect.stringContaining('/data has 0.4 GB free: make room')]);
  expect(roomFault('/data', 40)).toEqual([]);
});
