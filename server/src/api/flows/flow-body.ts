import type { TSchema } from 'typebox';

const YAML_TYPES = ['application/yaml', 'application/x-yaml', 'text/yaml', 'text/x-yaml'];

/** A body that is JSON of the schema or, whole, the text of a definition in YAML. Fastify checks each by its own content type. */
export const jsonOrYaml = (schema: TSchema) => ({
  content: {
    'application/json': { schema },
    ...Object.fromEntries(
      YAML_TYPES.map((type) => [type, { schema: { type: 'string', description: 'The flat form of a flow, as YAML' } }]),
    ),
  },
});

/** Whether the client asks for YAML rather than JSON. */
export const wantsYaml = (accept: string | undefined): boolean =>
  accept !== undefined && YAML_TYPES.some((type) => accept.toLowerCase().split(/[,;]/)[0]?.trim() === type);
