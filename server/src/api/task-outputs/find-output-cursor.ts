import type { Principal } from '#access';
import { type Id, notFound, timeOfId } from '#base';
import type { TenantTransaction } from '../flow-app.ts';
import { listHeads, type OutputCursor } from './engine-output.queries.ts';
import { countReportedOutputs } from './reported-output.queries.ts';
import { listPostedOutputs } from './task-output.queries.ts';

/** The place in a list of the output that `starting_after` names; a soft-deleted one marks none. Throws not_found. */
export async function findOutputCursor(
  tx: TenantTransaction,
  principal: Principal,
  startingAfter: Id | undefined,
): Promise<OutputCursor | undefined> {
  if (startingAfter === undefined) return undefined;
  const [ids, one] = [[startingAfter], { limit: 1, withValues: false }];
  const [posted] = await listPostedOutputs(tx, principal, { ids }, one);
  if (posted) return posted;
  const [head] = await listHeads(tx, principal, { ids }, one);
  if (!head && (await countReportedOutputs(tx, principal, { ids }, 1)) === 0) throw notFound('Task output', startingAfter);
  return { id: startingAfter, createdAt: timeOfId(startingAfter) };
}
