import { type Static, Type } from 'typebox';
import { badRequest } from '#base';
import { Nullable, Uuid } from '../wire/index.ts';

const MIN_TTL_SECONDS = 60;
const MAX_TTL_SECONDS = 5_097_600; // 59 days

const TTLSettings = Type.Object(
  {
    seconds: Type.Optional(
      Nullable(
        Type.Integer({
          minimum: MIN_TTL_SECONDS,
          maximum: MAX_TTL_SECONDS,
          description: 'Runs are hidden so long after their end, and deleted for good 7 days later',
        }),
      ),
    ),
    enabled: Type.Optional(Type.Boolean({ description: 'false turns it off and keeps the seconds' })),
  },
  { title: 'TTLSettings', additionalProperties: true },
);

export const FlowSettings = Type.Object(
  {
    ttl: Type.Optional(TTLSettings),
    reexecute_on_update: Type.Optional(Type.Boolean({ description: 'Edits of a run re-run what is stale; so does a new version' })),
    review_view_id: Type.Optional(Nullable(Uuid())),
  },
  { title: 'FlowSettings', additionalProperties: true },
);
export type FlowSettingsWire = Static<typeof FlowSettings>;

export const DEFAULT_SETTINGS: FlowSettingsWire = { ttl: {}, reexecute_on_update: false, review_view_id: null };

/** Settings as they are stored: every field, unknown ones dropped. Throws `bad_request` for a TTL that is on without a time (core.md C19). */
export function readFlowSettings(sent: FlowSettingsWire): FlowSettingsWire {
  const { seconds, enabled } = sent.ttl ?? {};
  if (enabled === true && (seconds === undefined || seconds === null)) {
    throw badRequest('settings.ttl.seconds is required where settings.ttl.enabled is true');
  }
  const ttl = { ...(seconds === undefined ? {} : { seconds }), ...(enabled === undefined ? {} : { enabled }) };
  return { ttl, reexecute_on_update: sent.reexecute_on_update ?? false, review_view_id: sent.review_view_id ?? null };
}
