import type { Log } from '#base';
import type { EngineDatabase, NamedQuery } from '#db';
import type { EventHub } from '#events';
import type { CompiledPlans } from './plans.ts';
import type { RunStatement } from './run-statement.ts';
import type { LimitedExecutors } from './settle-parameters.ts';
import type { StartClaims } from './start-claims.ts';

/** What the engine's functions share in one process. */
export interface EngineParts {
  db: EngineDatabase;
  run: RunStatement;
  /** The same within a transaction. */
  within: (query: NamedQuery) => RunStatement;
  plans: CompiledPlans;
  events: EventHub;
  log: Log;
  limited: LimitedExecutors;
  startClaims: StartClaims;
}
