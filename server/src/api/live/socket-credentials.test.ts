import { describe, expect, test } from 'vitest';
import { credentialsOfMessage, findSocketCredentials, isOriginAllowed, parseSocketMessage } from './socket-credentials.ts';

describe('credentials of a handshake', () => {
  const token = { headers: { authorization: 'Bearer t' } };
  test.each([
    ['a bearer header', { authorization: 'Bearer h' }, { token: 't' }, { headers: { authorization: 'Bearer h' } }],
    ['an API key', { 'x-api-key': 'saf_k' }, {}, { headers: { 'x-api-key': 'saf_k' } }],
    ['the query', {}, { token: 't' }, token],
    ['the subprotocol', { 'sec-websocket-protocol': 'bearer, t' }, {}, token],
    ['the subprotocol before the query', { 'sec-websocket-protocol': 'Bearer,t' }, { token: 'q' }, token],
    ['a ticket', {}, { ticket: 'k' }, { ticket: 'k' }],
    ['a token before a ticket', {}, { ticket: 'k', token: 't' }, token],
    ['a ticket sent twice', {}, { ticket: ['a', 'b'] }, undefined],
    ['nothing', {}, {}, undefined],
    ['an empty token', {}, { token: '' }, undefined],
    ['a token sent twice', {}, { token: ['a', 'b'] }, undefined],
    ['another subprotocol', { 'sec-websocket-protocol': 'graphql-ws' }, {}, undefined],
    ['a subprotocol without a token', { 'sec-websocket-protocol': 'bearer' }, {}, undefined],
  ])('%s', (_name, headers, query, found) => {
    expect(findSocketCredentials(headers, query)).toEqual(found);
  });

  test.each([
    ['{"type":"auth","token":"t"}', token],
    ['{"type":"auth","token":5}', undefined],
    ['{"type":"subscribe","token":"t"}', undefined],
    ['{"type":"auth"', undefined],
    ['[]', undefined],
    ['null', undefined],
  ])('a first message %s', (text, found) => {
    expect(credentialsOfMessage(parseSocketMessage(text))).toEqual(found);
  });
});

describe('origins of a handshake', () => {
  const platform = { host: 'flows.example:8080', publicUrl: 'https://flows.example', corsOrigins: ['https://app.example'] };
  test.each([
    [undefined, true],
    ['http://flows.example:8080', true],
    ['https://flows.example', true],
    ['https://app.example', true],
    ['https://evil.example', false],
    ['https://flows.example.evil.example', false],
    ['http://app.example', false],
    ['null', false],
    ['', false],
  ])('%s: %s', (origin, allowed) => {
    expect(isOriginAllowed(origin, platform)).toBe(allowed);
  });

  test('a star lets every page in', () => {
    expect(isOriginAllowed('https://evil.example', { ...platform, corsOrigins: ['*'] })).toBe(true);
  });
});
