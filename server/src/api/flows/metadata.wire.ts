import { Type } from 'typebox';
import { Words } from '../wire/index.ts';

/** Paging of metadata keys and values. Spread into a querystring schema. */
export const metadataQuery = {
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 10, description: 'Most items to return' }),
  order_by: Words(['created_at'], { default: 'created_at', description: 'By latest use' }),
  order_direction: Words(['asc', 'desc'], { default: 'desc' }),
};

const count = Type.Integer({ description: 'Runs that have it' });

export const MetadataKeyResponse = Type.Object({ key: Type.String(), count }, { title: 'MetadataKeyResponse' });
export const MetadataValueResponse = Type.Object({ value: Type.String(), count }, { title: 'MetadataValueResponse' });
