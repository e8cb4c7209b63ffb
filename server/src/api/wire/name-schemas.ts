// A schema with a title is written once in an OpenAPI document, under components, and referred to elsewhere.

type Schema = Record<string, unknown>;

const isObject = (value: unknown): value is Schema => typeof value === 'object' && value !== null && !Array.isArray(value);

/** `description` belongs to the place where a schema is used, unless it is the schema's own. */
function withoutPlace(schema: Schema): Schema {
  const { description: _description, ...rest } = schema;
  return rest;
}

class Components {
  readonly schemas: Record<string, Schema> = {};

  /** The schema, its titled parts replaced by references. */
  replace(schema: unknown, isRoot = false): unknown {
    if (Array.isArray(schema)) return schema.map((part) => this.replace(part));
    if (!isObject(schema)) return schema;
    const title = schema['title'];
    const types = [schema['type']].flat();
    if (!isRoot && typeof title === 'string' && types.includes('object')) return this.refer(title, schema, types.includes('null'));
    return Object.fromEntries(
      Object.entries(schema).map(([key, part]) => [key, key === 'enum' || key === 'default' ? part : this.replace(part)]),
    );
  }

  private refer(title: string, schema: Schema, nullable: boolean): Schema {
    const plain = withoutPlace({ ...schema, type: 'object' });
    const full = this.replace(plain, true) as Schema;
    const present = this.schemas[title];
    if (present && JSON.stringify(present) !== JSON.stringify(full))
      throw new Error(`Two schemas are titled ${title}; give one another title`);
    this.schemas[title] = full;
    const reference = { $ref: `#/components/schemas/${title}` };
    return nullable ? { anyOf: [reference, { type: 'null' }] } : reference;
  }
}

/** Moves every titled object schema of the document's paths to `components.schemas`. Throws where two differ under one title. */
export function nameSchemas(document: Schema): Schema {
  const components = new Components();
  const paths = components.replace(document['paths']);
  const schemas = Object.fromEntries(Object.entries(components.schemas).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { ...document, paths, components: { ...(document['components'] as Schema), schemas } };
}
