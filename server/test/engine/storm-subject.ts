import { FlowError, type Id } from '#base';
import type { TestFlow } from './engine-fixture.ts';

/** One execution of a storm. */
export interface Subject {
  /** Versions of its flow, the newest last. */
  versions: TestFlow[];
  id: Id;
  number: number;
  /** Somebody has asked to cancel it. */
  cancelled: boolean;
}

/** The connection was cut; what was asked for may or may not have happened. */
export const isCut = (error: unknown): boolean => error instanceof FlowError && error.code === 'service_unavailable';

/** A cancel or a re-execution may have been quicker; a connection may have been cut. */
export function ignoreConflict(error: unknown): void {
  if (!(error instanceof FlowError) || !['conflict', 'not_found', 'service_unavailable'].includes(error.code)) throw error;
}
