import type { CallOutInit } from '#base';
import { parseDuration } from '#language';
import type { Outcome } from '../contract.ts';
import { failed } from '../outcomes.ts';
import { DEFAULT_MAX_BYTES, type HttpParameters } from './http-parameters.ts';

const DEFAULT_TIMEOUT_MS = 30_000;
const MAX_TIMEOUT_MS = 300_000; // as the way out has it
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

export interface BuiltRequest {
  url: string;
  init: CallOutInit & { headers: Record<string, string> };
}

const invalid = (message: string): { outcome: Outcome } => ({ outcome: failed('invalid_parameters', message) });

/** What is sent for these parameters, or the outcome that says why nothing is. No message repeats a value: it may be a secret. */
export function buildRequest(parameters: HttpParameters, idempotencyKey: string): BuiltRequest | { outcome: Outcome } {
  const { method = 'GET', json, form, text } = parameters;
  const url = URL.parse(parameters.url);
  if (url === null) return invalid('url is not a URL.');
  if ([json, form, text].filter((body) => body !== undefined).length > 1) return invalid('Give at most one of json, form and text.');
  const timeoutMs = parameters.timeout === undefined ? DEFAULT_TIMEOUT_MS : parseDuration(parameters.timeout);
  if (timeoutMs === undefined || timeoutMs <= 0 || timeoutMs > MAX_TIMEOUT_MS)
    return invalid('timeout is a duration of at most 5m, such as 10s.');
  const body = bodyOf(parameters);
  if (body !== undefined && (method === 'GET' || method === 'HEAD')) return invalid(`A ${method} has no body: give another method.`);
  const auth = authHeader(parameters.auth);
  if ('outcome' in auth) return auth;
  for (const [name, value] of Object.entries(parameters.query ?? {}))
    for (const each of [value].flat()) if (each !== null) url.searchParams.append(name, String(each));
  const given = lowerCased(parameters.headers);
  const headers = { ...defaultHeaders(method, body?.type, idempotencyKey), ...given, ...auth.headers };
  const redirect = parameters.follow_redirects === false ? 'manual' : 'follow';
  const limits = { timeoutMs, maxBytes: parameters.max_bytes ?? DEFAULT_MAX_BYTES };
  return { url: url.href, init: { method, headers, redirect, ...limits, ...(body === undefined ? {} : { body: body.text }) } };
}

const lowerCased = (headers: Record<string, string> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** The key is the same for every attempt of the task, so that a server that knows it does the work once. */
const defaultHeaders = (method: string, type: string | undefined, idempotencyKey: string): Record<string, string> => ({
  accept: '*/*',
  'user-agent': 'flow-platform/1',
  ...(type === undefined ? {} : { 'content-type': type }),
  ...(SAFE_METHODS.has(method) ? {} : { 'idempotency-key': idempotencyKey }),
});

function bodyOf({ json, form, text }: HttpParameters): { text: string; type: string } | undefined {
  if (json !== undefined) return { text: JSON.stringify(json), type: 'application/json' };
  if (form === undefined) return text === undefined ? undefined : { text, type: 'text/plain; charset=utf-8' };
  const fields = Object.entries(form).map(([name, value]): [string, string] => [name, String(value)]);
  return { text: new URLSearchParams(fields).toString(), type: 'application/x-www-form-urlencoded' };
}

function authHeader(auth: HttpParameters['auth']): { headers: Record<string, string> } | { outcome: Outcome } {
  if (auth === undefined) return { headers: {} };
  const { type, token, username, password, name, value } = auth;
  if (type === 'bearer') return token === undefined ? invalid('auth of type bearer needs token.') : authorization(`Bearer ${token}`);
  if (type === 'header')
    return name === undefined || value === undefined
      ? invalid('auth of type header needs name and value.')
      : { headers: { [name.toLowerCase()]: value } };
  if (username === undefined) return invalid('auth of type basic needs username.');
  return authorization(`Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}`);
}

const authorization = (value: string) => ({ headers: { authorization: value } });
