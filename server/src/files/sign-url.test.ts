import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createUrlSigner, type UrlGrant } from './sign-url.ts';

const NOW = Date.UTC(2030, 0, 1);
const signer = createUrlSigner(randomBytes(32), () => NOW);
const grant: UrlGrant = {
  method: 'PUT',
  key: 'flows/f/documents/d',
  organizationId: '0190b8f2-7c1a-7000-8000-000000000001',
  expiresAt: new Date(NOW + 3_600_000),
  contentType: 'application/pdf',
  maxBytes: 100,
};
const query = signer.sign(grant);
const refused = expect.objectContaining({ code: 'forbidden' });

test('what was signed is what is granted', () => {
  expect(signer.verify('PUT', grant.key, query)).toEqual(grant);
});

describe('a changed part breaks it', () => {
  test('the method', () => expect(() => signer.verify('GET', grant.key, query)).toThrow(refused));
  test('the key', () => expect(() => signer.verify('PUT', 'flows/f/documents/e', query)).toThrow(refused));
  test('another secret', () => expect(() => createUrlSigner(randomBytes(32), () => NOW).verify('PUT', grant.key, query)).toThrow(refused));
  test('its time has passed', () => {
    const late = signer.sign({ ...grant, expiresAt: new Date(NOW - 1000) });
    expect(() => signer.verify('PUT', grant.key, late)).toThrow(refused);
  });
  test.each(Object.keys(query) as (keyof typeof query)[])('each character of %s, its absence, its doubling', (name) => {
    const value = query[name];
    for (let i = 0; i < value.length; i++) {
      const changed = value.slice(0, i) + String.fromCharCode(value.charCodeAt(i) ^ 1) + value.slice(i + 1);
      expect(() => signer.verify('PUT', grant.key, { ...query, [name]: changed })).toThrow(refused);
    }
    expect(() => signer.verify('PUT', grant.key, { ...query, [name]: undefined })).toThrow(refused);
    expect(() => signer.verify('PUT', grant.key, { ...query, [name]: [value, value] })).toThrow(refused);
    expect(() => signer.verify('PUT', grant.key, { ...query, [name]: `${value} ` })).toThrow(refused);
  });
});

test('parts cannot be moved over their borders', () => {
  const moved = { ...query, content_type: `${query.content_type}","100`, max_bytes: '' };
  expect(() => signer.verify('PUT', grant.key, moved)).toThrow(refused);
});
