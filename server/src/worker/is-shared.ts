import type { ClaimedTask } from '#engine';

/** Several organizations' work, or limited work. */
export function isShared(claimed: readonly ClaimedTask[]): boolean {
  const organizationId = claimed[0]?.execution.organizationId;
  return claimed.some(({ lane, execution }) => lane !== '' || execution.organizationId !== organizationId);
}
