import { type Static, Type } from 'typebox';
import { isJsonObject, type JsonObject } from '#base';
import type { ClassSpec } from '#models';

const MAX_CLASSES = 100;

/** `__proto__` as a key would be lost by whoever copies the scores carelessly. */
const name = Type.Unsafe<string>({
  type: 'string',
  minLength: 1,
  maxLength: 100,
  not: { enum: ['__proto__'] },
  title: 'Name',
  description: 'What `class` of the output and the route are called.',
  examples: ['invoice'],
});

const described = Type.Object(
  {
    name,
    description: Type.Optional(
      Type.Union([Type.String({ maxLength: 5000 }), Type.Null()], {
        title: 'Description',
        description: 'What documents of this class are about.',
        examples: ['Bills of suppliers'],
      }),
    ),
    examples: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 20_000 }), {
        maxItems: 50,
        title: 'Examples',
        description: 'Texts, or parts of texts, of this class.',
        examples: [['Invoice number INV-1, payable within 30 days']],
      }),
    ),
    keywords: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
        maxItems: 200,
        title: 'Keywords',
        description: 'Words and phrases that only this class has.',
        examples: [['amount due', 'payable within']],
      }),
    ),
  },
  { additionalProperties: false },
);

export const classesSchema = Type.Array(Type.Union([name, described]), {
  minItems: 1,
  maxItems: MAX_CLASSES,
  title: 'Classes',
  description: 'What the document may be: names, or {name, description, examples, keywords}.',
  examples: [['invoice', { name: 'contract', description: 'Agreements with customers' }]],
});

/** The classes as models take them; of two with one name, both count. */
export const toClassSpecs = (classes: Static<typeof classesSchema>): ClassSpec[] =>
  classes.map((each) => {
    const written = typeof each === 'string' ? { name: each } : each;
    return {
      name: written.name,
      description: written.description ?? '',
      examples: written.examples ?? [],
      keywords: written.keywords ?? [],
    };
  });

/** Names as they were written, each once, where they can be read: a whole-value reference is not known before the run. */
export function writtenNames(parameters: JsonObject): string[] {
  const classes = Array.isArray(parameters['classes']) ? parameters['classes'] : [];
  const names = classes.map((each) => (isJsonObject(each) ? each['name'] : each));
  return [...new Set(names.filter((each) => typeof each === 'string' && each !== '__proto__'))] as string[];
}
