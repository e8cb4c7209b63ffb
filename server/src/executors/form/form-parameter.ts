import { type TSchema, Type } from 'typebox';
import { FORM_TYPES, MAX_DEPTH, NEVER, TYPE_ALIASES } from './form-fields.ts';

const MAX_FIELDS = 300;
const MAX_OPTIONS = 500;

const nullable = (schema: TSchema) => Type.Union([schema, Type.Null()]);

/** The parameter `fields`: the vocabulary of document extraction, with what only a form has. `reserved` are names that are taken. */
export function formFieldsSchema(reserved: readonly string[], description: string) {
  return Type.Array(fieldSchema(reserved, MAX_DEPTH), {
    maxItems: MAX_FIELDS,
    title: 'Fields',
    description,
    examples: [[{ id: 'priority', title: 'Priority', data_type: 'enum', options: ['low', 'high'], required: true, default: 'low' }]],
  });
}

function fieldSchema(reserved: readonly string[], depth: number): TSchema {
  const name = (description: string) =>
    Type.Optional(
      Type.Unsafe<string>({
        type: 'string',
        minLength: 1,
        maxLength: 200,
        not: { enum: [...NEVER, ...reserved] },
        title: 'Name',
        description,
        examples: ['priority'],
      }),
    );
  return Type.Object({
    id: name('Key of the value.'),
    name: name('The same as `id`.'),
    title: Type.Optional(
      nullable(Type.String({ maxLength: 500, title: 'Title', description: 'Shown to people. Default: the key.', examples: ['Priority'] })),
    ),
    description: Type.Optional(
      nullable(
        Type.String({
          maxLength: 10_000,
          title: 'Description',
          description: 'Shown below the field.',
          examples: ['How soon it is needed'],
        }),
      ),
    ),
    instructions: Type.Optional(
      nullable(
        Type.String({
          maxLength: 10_000,
          title: 'Instructions',
          description: 'The same as `description`.',
          examples: ['How soon it is needed'],
        }),
      ),
    ),
    data_type: Type.Optional(
      Type.Unsafe<string>({
        type: 'string',
        enum: [...FORM_TYPES, ...Object.keys(TYPE_ALIASES)],
        title: 'Type',
        description: 'Default string.',
        examples: ['enum'],
      }),
    ),
    required: Type.Optional(
      nullable(Type.Boolean({ title: 'Required', description: 'Default false: the value may be left out or null.', examples: [true] })),
    ),
    options: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 500 }), {
        maxItems: MAX_OPTIONS,
        title: 'Options',
        description: 'Of an enum.',
        examples: [['low', 'high']],
      }),
    ),
    values: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 500 }), {
        maxItems: MAX_OPTIONS,
        title: 'Values',
        description: 'The same as `options`.',
        examples: [['low', 'high']],
      }),
    ),
    default: Type.Optional(Type.Unknown({ title: 'Default', description: 'Taken where the value is left out.', examples: ['low'] })),
    columns: Type.Optional(
      depth === 1
        ? Type.Array(Type.Unknown(), { maxItems: 0 })
        : Type.Array(fieldSchema([], depth - 1), {
            maxItems: MAX_FIELDS,
            title: 'Columns',
            description: 'Fields of an object, or of the rows of a table.',
            examples: [[{ id: 'amount', data_type: 'money' }]],
          }),
    ),
  });
}
