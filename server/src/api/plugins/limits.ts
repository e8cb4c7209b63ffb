import rateLimit from '@fastify/rate-limit';
import underPressure from '@fastify/under-pressure';
import type { FastifyRequest } from 'fastify';
import { FlowError, serviceUnavailable } from '#base';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { findPrincipal } from './authenticate.ts';

const SIGN_IN_ATTEMPTS = 10; // a minute and address: a person mistypes less, a guesser gets nowhere
const CHECK_MS = 1_000;
const MAX_LATENESS_MS = 3_000; // of the check itself: waiting clients have given up by then, and refusing is kinder
const RETRY_SECONDS = 5;

/** Config of a route that takes passwords or one-time tokens: ten a minute and address. */
export const signInLimit = {
  rateLimit: { max: SIGN_IN_ATTEMPTS, timeWindow: 60_000, keyGenerator: (request: FastifyRequest) => `address:${request.ip}` },
};

const callerOf = (request: FastifyRequest): string => {
  const principal = findPrincipal(request);
  return principal ? `principal:${principal.id}` : `address:${request.ip}`;
};

/** Config of probes: never refused, whatever the load. */
export const unlimited = { rateLimit: false as const, pressureHandler: () => undefined };

/** Answers, asked once a CHECK_MS, whether the event loop keeps up. One late return is a stall that is over; two in a row are overload. */
function createLoopCheck(): () => Promise<boolean> {
  let last = performance.now();
  let lateInARow = 0;
  return async () => {
    const lateness = performance.now() - last - CHECK_MS;
    last = performance.now();
    lateInARow = lateness < MAX_LATENESS_MS ? 0 : lateInARow + 1;
    return lateInARow < 2;
  };
}

/** 503 with Retry-After while the event loop is seconds late. Registered before authentication: an overloaded process does no more work. */
export async function usePressureRelief(app: FlowApp): Promise<void> {
  await app.register(underPressure, {
    healthCheck: createLoopCheck(),
    healthCheckInterval: CHECK_MS,
    pressureHandler: () => {
      throw serviceUnavailable('The server is overloaded; try again', RETRY_SECONDS);
    },
  });
}

/** Requests a second and caller, in this process (core.md G15). Registered after authentication, which says who calls. */
export async function useRateLimit(app: FlowApp, deps: ApiDeps): Promise<void> {
  await app.register(rateLimit, {
    global: true,
    max: deps.config.rateLimitPerSecond,
    timeWindow: 1_000,
    keyGenerator: callerOf,
    errorResponseBuilder: (_request, { ttl }) =>
      new FlowError('rate_limited', 'Too many requests; wait as Retry-After says', {
        headers: { 'Retry-After': String(Math.max(1, Math.ceil(ttl / 1_000))) },
      }),
  });
}
