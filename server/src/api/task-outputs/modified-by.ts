import type { Principal } from '#access';

const KEY_WORDS = ['system', 'integration', 'service-account'];

/** A user is always recorded as itself; the holder of an API key chooses among three words (core.md 1.4, C27). */
export function readModifiedBy(said: string | undefined, principal: Principal): string {
  return principal.kind === 'service_account' && said !== undefined && KEY_WORDS.includes(said) ? said : principal.modifiedBy;
}
