import { fastify } from 'fastify';
import { expect, test } from 'vitest';
import type { FlowApp } from '../flow-app.ts';
import { useErrorEnvelope } from './error-envelope.ts';
import { useKnownRoutes } from './known-routes.ts';

function createApp(): FlowApp {
  const app = fastify() as unknown as FlowApp;
  useErrorEnvelope(app);
  useKnownRoutes(app);
  return app;
}

test('a route that names no operation does not start', () => {
  expect(() => createApp().get('/api/open', async () => 'x')).toThrow('names no operation');
});

test('a route that names an unknown operation does not start', () => {
  const config = { operation: 'invented' as never };
  expect(() => createApp().get('/api/open', { config }, async () => 'x')).toThrow('names no operation');
});

test('another method of a known path is 405 and says which are answered', async () => {
  const app = createApp();
  app.get('/api/flows/:flow_id', { config: { operation: 'get_flow' } }, async () => 'x');
  app.delete('/api/flows/:flow_id', { config: { operation: 'delete_flow' } }, async () => 'x');
  const answer = await app.inject({ method: 'POST', url: '/api/flows/1?x=y' });
  expect([answer.statusCode, answer.headers['allow']]).toEqual([405, 'DELETE, GET, HEAD']);
  expect((await app.inject({ method: 'POST', url: '/api/other' })).statusCode).toBe(404);
});
