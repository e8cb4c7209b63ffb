import { badRequest, type FieldFault, validationError } from '#base';
import { FLOW_STATUSES, type FlowStatus, MAX_DESCRIPTION_LENGTH, MAX_NAME_LENGTH, type Visibility } from './flow.wire.ts';
import { type FlowSettingsWire, readFlowSettings } from './flow-settings.wire.ts';

const MAX_TAGS = 100;
const MAX_TAG_LENGTH = 200; // core.md G7

/** What a request may say of a flow beside its definition. Null is as good as absent: generated clients send it. */
export interface SentFields {
  display_name?: string | null;
  description?: string | null;
  visibility?: Visibility | null;
  settings?: FlowSettingsWire | null;
  status?: string | null;
  tags?: string[] | null;
}

/** The columns to write; what is undefined stays as it is. */
export interface FlowFields {
  displayName?: string;
  description?: string | null;
  visibility?: Visibility;
  settings?: FlowSettingsWire;
  status?: FlowStatus;
  tags?: string[];
}

/**
 * Turns sent fields into columns. Throws `validation_error` with every field that is too long or too short, `bad_request` for a status that
 * does not exist (core.md 2, PATCH /flows/{id}).
 */
export function readFlowFields(sent: SentFields): FlowFields {
  const faults = [...nameFaults(sent.display_name), ...descriptionFaults(sent.description), ...tagFaults(sent.tags)];
  if (faults.length > 0) throw validationError(faults);
  return {
    ...(isSaid(sent.display_name) && { displayName: sent.display_name }),
    ...(isSaid(sent.description) && { description: sent.description }),
    ...(isSaid(sent.visibility) && { visibility: sent.visibility }),
    ...(isSaid(sent.settings) && { settings: readFlowSettings(sent.settings) }),
    ...(isSaid(sent.status) && { status: readStatus(sent.status) }),
    ...(isSaid(sent.tags) && { tags: [...new Set(sent.tags)] }),
  };
}

const isSaid = <T>(value: T | null | undefined): value is T => value !== null && value !== undefined;

function readStatus(status: string): FlowStatus {
  const known = FLOW_STATUSES.find((word) => word === status);
  if (!known) throw badRequest(`status must be one of ${FLOW_STATUSES.join(', ')}`);
  return known;
}

const tooLong = (loc: (string | number)[], input: string, max: number): FieldFault => ({
  loc: ['body', ...loc],
  msg: `String should have at most ${max} characters`,
  type: 'string_too_long',
  input: input.slice(0, max),
  ctx: { max_length: max },
});

// Lengths count characters as PostgreSQL's length() and JSON Schema do: code points.
const lengthOf = (text: string) => [...text].length;

function nameFaults(name: string | null | undefined): FieldFault[] {
  if (!isSaid(name)) return [];
  const loc = ['body', 'display_name'];
  if (name === '') {
    return [{ loc, msg: 'String should have at least 1 character', type: 'string_too_short', input: name, ctx: { min_length: 1 } }];
  }
  return lengthOf(name) > MAX_NAME_LENGTH ? [tooLong(['display_name'], name, MAX_NAME_LENGTH)] : [];
}

const descriptionFaults = (text: string | null | undefined): FieldFault[] =>
  isSaid(text) && lengthOf(text) > MAX_DESCRIPTION_LENGTH ? [tooLong(['description'], text, MAX_DESCRIPTION_LENGTH)] : [];

function tagFaults(tags: string[] | null | undefined): FieldFault[] {
  if (!isSaid(tags)) return [];
  const long = tags.flatMap((tag, i) => (lengthOf(tag) > MAX_TAG_LENGTH ? [tooLong(['tags', i], tag, MAX_TAG_LENGTH)] : []));
  if (new Set(tags).size <= MAX_TAGS) return long;
  const msg = `Set should have at most ${MAX_TAGS} items`;
  return [...long, { loc: ['body', 'tags'], msg, type: 'too_long', input: null, ctx: { max_length: MAX_TAGS } }];
}
