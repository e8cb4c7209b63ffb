import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { SignIn } from '#access';
import { FlowError, validationError } from '#base';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { GoTrueSession, toGoTrueSession } from './gotrue.wire.ts';
import { goTrueErrors, sendGoTrueError, sendGoTrueFault, sendRefusal } from './gotrue-errors.ts';

const ATTEMPTS = 10; // a minute, per address and per account: a person mistypes less, a guesser gets nowhere
const REFRESHES = 300; // a minute and address: an office shares one
const MINUTE_MS = 60_000;

const isPasswordGrant = (request: FastifyRequest): boolean => (request.query as { grant_type?: unknown }).grant_type !== 'refresh_token';

const TokenRequest = Type.Object(
  {
    email: Type.Optional(Type.String({ maxLength: 320 })),
    password: Type.Optional(Type.String({ maxLength: 1_024 })),
    refresh_token: Type.Optional(Type.String({ maxLength: 1_024 })),
  },
  { title: 'TokenRequest' },
);

/** A text that the grant needs. */
function need(body: Record<string, unknown>, name: string): string {
  const value = body[name];
  if (typeof value === 'string' && value !== '') return value;
  throw validationError([{ loc: ['body', name], msg: 'Field required', type: 'missing', input: null }]);
}

/** The `apikey` header may be absent; one that is there must be ours: it tells a client of another installation apart. */
const isForeignKey = (request: FastifyRequest, deps: ApiDeps): boolean => {
  const key = request.headers['apikey'];
  return key !== undefined && key !== deps.access.anonKey;
};

/** POST /auth/v1/token: GoTrue's sign-in, by password or by a refresh token (people-and-integrations.md 6). */
export function createToken(app: FlowApp, deps: ApiDeps): void {
  const limitAccount = app.createRateLimit({
    max: ATTEMPTS,
    timeWindow: MINUTE_MS,
    keyGenerator: (request) => `account:${(request.body as { email: string }).email.trim().toLowerCase()}`,
  });

  async function signInByPassword(request: FastifyRequest, body: Record<string, unknown>): Promise<SignIn> {
    const [email, password] = [need(body, 'email'), need(body, 'password')];
    const limit = await limitAccount(request);
    if (!limit.isAllowed && limit.isExceeded) {
      throw new FlowError('rate_limited', 'Too many attempts; wait a minute', { headers: { 'Retry-After': String(limit.ttlInSeconds) } });
    }
    return deps.access.signIn(email, password);
  }

  app.post(
    '/auth/v1/token',
    {
      config: {
        operation: 'create_token',
        rateLimit: {
          max: (request: FastifyRequest) => (isPasswordGrant(request) ? ATTEMPTS : REFRESHES),
          timeWindow: MINUTE_MS,
          keyGenerator: (request: FastifyRequest) => `${isPasswordGrant(request) ? 'password' : 'refresh'}:${request.ip}`,
        },
      },
      errorHandler: sendGoTrueError,
      schema: {
        tags: ['auth'],
        summary: 'Sign in, or renew a session (GoTrue)',
        querystring: Type.Object({
          grant_type: Type.String({ pattern: '^(password|refresh_token)$', description: '`password` or `refresh_token`' }),
        }),
        body: TokenRequest,
        response: { 200: GoTrueSession, ...goTrueErrors },
      },
    },
    async (request, reply) => {
      reply.header('Cache-Control', 'no-store');
      if (isForeignKey(request, deps)) return refuseKey(reply);
      const isPassword = request.query.grant_type === 'password';
      const result = await (isPassword
        ? signInByPassword(request, request.body)
        : deps.access.refresh(need(request.body, 'refresh_token')));
      return 'refused' in result ? sendRefusal(reply, result.refused) : toGoTrueSession(result.session);
    },
  );
}

const refuseKey = (reply: FastifyReply): FastifyReply =>
  sendGoTrueFault(reply, { status: 401, errorCode: 'no_authorization', msg: 'Invalid API key' });
