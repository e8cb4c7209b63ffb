import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyBaseLogger, FastifyInstance, RawReplyDefaultExpression, RawRequestDefaultExpression, RawServerDefault } from 'fastify';
import type { Kysely } from 'kysely';
import type { Principal } from '#access';
import type { Tables } from '#db';
import type { Operation } from './permissions.ts';

/** The app that routes are registered on: bodies, queries and answers are typed by their schemas. */
export type FlowApp = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** A transaction as the request's organization sees the database. */
export type TenantTransaction = Kysely<Tables>;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The row of permissions.ts that decides who may call; also the OpenAPI operationId. A route without one fails at start. */
    operation?: Operation;
    /** The body may be YAML text (`application/yaml`); elsewhere that is 415. */
    acceptsYaml?: boolean;
    /** Takes an Idempotency-Key; the handler makes its thing under the id of `creationOf(request)`. */
    idempotent?: boolean;
    /** A browser opens it without headers of its own: the credentials may stand in the address. */
    credentialsInQuery?: boolean;
    /** The body holds what must not be repeated: its faults are told without it. */
    secretBody?: boolean;
  }
  interface FastifyRequest {
    /** Who asks. Present on every route that is not public; reading it on a public one is a bug and throws. */
    readonly principal: Principal;
    /**
     * Runs `work` in one transaction as the caller's organization, under row-level security. Throwing rolls back.
     * `readOnly` lets the server refuse any write.
     */
    tenant<T>(work: (tx: TenantTransaction) => Promise<T>, options?: { readOnly?: boolean }): Promise<T>;
  }
}
