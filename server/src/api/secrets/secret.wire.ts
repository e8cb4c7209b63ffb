import { type Static, Type } from 'typebox';
import { FlowError, payloadTooLarge } from '#base';
import { Timestamp, toWireTime } from '../wire/index.ts';

/** As `{{secrets.NAME}}` is written, and as the table checks it. */
const NAME = '^[A-Za-z_][A-Za-z0-9_]{0,99}$';
const MAX_VALUE_BYTES = 64 * 1024; // a private key with its chain fits; a document does not belong here

export const SecretPath = Type.Object({
  name: Type.String({ pattern: NAME, description: 'Letters, digits and _, no digit first; at most 100' }),
});

export const SecretResponse = Type.Object(
  {
    name: Type.String({ description: 'Flows refer to it as {{secrets.NAME}}' }),
    modified_by: Type.String({ description: 'User id, `integration` or `system`' }),
    created_at: Timestamp(),
    updated_at: Timestamp({ description: 'When its value was last set' }),
  },
  { title: 'SecretResponse' },
);

export const SecretPutRequest = Type.Object(
  {
    value: Type.String({
      minLength: 1,
      writeOnly: true,
      description: `At most ${MAX_VALUE_BYTES} bytes of UTF-8. No answer and no error ever repeats it.`,
    }),
  },
  { title: 'SecretPutRequest' },
);

/** Throws payload_too_large. */
export function checkSize(value: string): string {
  if (Buffer.byteLength(value) > MAX_VALUE_BYTES) throw payloadTooLarge(`A secret has at most ${MAX_VALUE_BYTES} bytes`);
  return value;
}

export interface SecretRow {
  name: string;
  modifiedBy: string;
  createdAt: Date;
  updatedAt: Date;
}

export const toSecretWire = (row: SecretRow): Static<typeof SecretResponse> => ({
  name: row.name,
  modified_by: row.modifiedBy,
  created_at: toWireTime(row.createdAt),
  updated_at: toWireTime(row.updatedAt),
});

export const tooManySecrets = (most: number): FlowError =>
  new FlowError('conflict', `An organization may have ${most} secrets; delete one first`);
