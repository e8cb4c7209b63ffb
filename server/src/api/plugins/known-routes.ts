import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { FlowError, notFound } from '#base';
import type { FlowApp } from '../flow-app.ts';
import { PERMISSIONS } from '../permissions.ts';

const OPEN_PREFIXES = ['/docs']; // the reference page brings routes of its own: static files, no credentials

interface KnownRoute {
  method: string;
  segments: string[];
}

const segmentsOf = (path: string): string[] => path.split('/').filter((segment) => segment !== '');

const matches = (pattern: string[], path: string[]): boolean =>
  pattern.at(-1) === '*'
    ? pattern.slice(0, -1).every((segment, i) => segment === path[i] || segment.startsWith(':'))
    : pattern.length === path.length && pattern.every((segment, i) => segment.startsWith(':') || segment === path[i]);

function checkRow(route: RouteOptions): void {
  const operation = route.config?.operation;
  if (operation !== undefined && operation in PERMISSIONS) return;
  if (OPEN_PREFIXES.some((prefix) => route.url.startsWith(prefix)) || route.method === 'OPTIONS') return;
  throw new Error(`${route.method} ${route.url} names no operation of permissions.ts: everything is refused unless a row allows it`);
}

/** Every route has a row of rights, or the start fails; an unknown path is 404, a known one with another method 405 with Allow. */
export function useKnownRoutes(app: FlowApp): void {
  const known: KnownRoute[] = [];
  app.addHook('onRoute', (route) => {
    checkRow(route);
    for (const method of [route.method].flat()) known.push({ method, segments: segmentsOf(route.url) });
    const operation = route.config?.operation;
    if (operation !== undefined) route.schema = { operationId: operation, ...route.schema };
  });
  app.setNotFoundHandler((request: FastifyRequest, _reply: FastifyReply) => {
    const path = segmentsOf(request.url.split('?')[0] ?? '');
    const methods = known.filter((route) => route.method !== 'OPTIONS' && matches(route.segments, path)).map((route) => route.method);
    if (methods.length === 0) throw notFound('Resource');
    const allow = [...new Set(methods)].sort().join(', ');
    throw new FlowError('method_not_allowed', `This path answers ${allow}, not ${request.method}`, { headers: { Allow: allow } });
  });
}
