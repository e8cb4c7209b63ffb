// The ways into PostgreSQL: the tenant's door (a request's transaction, under row-level security), the engine's door (role flow_engine),
// migrations and the embedded server. The only folder that opens connections. It promises that no transaction of the tenant's door sees
// another organization, and that a setting of one request never reaches the next; it never knows what the tables mean.
export { lintCatalogue } from './catalogue-lint.ts';
export type { EmbeddedPostgres, EmbeddedPostgresOptions } from './embedded-postgres.ts';
export { startEmbeddedPostgres } from './embedded-postgres.ts';
export type { EngineDatabase, NamedQuery } from './engine.ts';
export { createEngineDatabase } from './engine.ts';
export { codeOf } from './failures.ts';
export type { MigrateOptions } from './migrate.ts';
export { migrate } from './migrate.ts';
export { connectOwner, type OwnerConnection } from './owner.ts';
export type { PoolOptions, PoolUse } from './pool.ts';
export type { Role } from './roles.ts';
export { roleUrl } from './roles.ts';
export type { Tables } from './tables.ts';
export type { TenantDatabase, TenantScope } from './tenant.ts';
export { createTenantDatabase } from './tenant.ts';
