import type { Access } from '#access';
import type { Config, Log, SafeFetch } from '#base';
import type { EngineDatabase, TenantDatabase } from '#db';
import type { Engine } from '#engine';
import type { EventHub } from '#events';
import type { Catalogue } from '#executors';
import type { FileStore } from '#files';
import type { Models } from '#models';
import type { Metrics, StateReader, Tracing } from '#telemetry';

/** What the API stands on. Made and closed by the platform; the API closes nothing of it. */
export interface ApiDeps {
  config: Config;
  log: Log;
  /** Bound by row-level security: everything that a request reads or writes of its organization. */
  tenant: TenantDatabase;
  /** The engine's door: sign-in before an organization is known, and ids that a tenant read has proven. */
  engineDb: EngineDatabase;
  access: Access;
  engine: Engine;
  events: EventHub;
  files: FileStore;
  catalogue: Catalogue;
  models: Models;
  /** The way out for what users wrote. */
  wayOut: SafeFetch;
  /** Where clients reach us, without a trailing slash: every URL in an answer begins with it. */
  publicUrl: () => string;
  metrics: Metrics;
  /** What the whole platform looks like. */
  state: StateReader;
  /** Absent where the operator wants no traces. */
  tracing?: Tracing | undefined;
}
