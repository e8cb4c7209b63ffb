import { type Static, Type } from 'typebox';

const MAX_RULES = 200;

const expression = (options: object) => Type.String({ format: 'cel', minLength: 1, maxLength: 10_000, ...options });

export type OnFailure = 'fail' | 'route' | 'flag';

export const onFailureSchema = (description: string) =>
  Type.Unsafe<OnFailure>({ type: 'string', enum: ['fail', 'route', 'flag'], title: 'On failure', description, examples: ['route'] });

const rule = Type.Object(
  {
    name: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, title: 'Name', description: 'Default: its number.', examples: ['total adds up'] }),
    ),
    check: expression({
      title: 'Check',
      description: 'True where the rule is met.',
      examples: ['invoice.net + invoice.tax == invoice.total'],
    }),
    when: Type.Optional(
      expression({ title: 'Only when', description: 'The rule is left out where this gives false.', examples: ['invoice.tax != null'] }),
    ),
    message: Type.Optional(
      Type.String({
        format: 'liquid',
        maxLength: 10_000,
        title: 'Message',
        description: 'What people are told where the rule is not met. Default: a sentence with its name.',
        examples: ['The sums do not add up to {{ invoice.total }}'],
      }),
    ),
    severity: Type.Optional(
      Type.Unsafe<'error' | 'warning'>({
        type: 'string',
        enum: ['error', 'warning'],
        default: 'error',
        title: 'Severity',
        description: 'A `warning` is only listed: the data stay valid, and the run goes on.',
        examples: ['warning'],
      }),
    ),
    on_failure: Type.Optional(onFailureSchema('As `on_failure` of the task, for this rule.')),
  },
  { additionalProperties: false },
);

export type Rule = Static<typeof rule>;

/** The `rules` of a validation. */
export const rulesSchema = Type.Array(rule, {
  minItems: 1,
  maxItems: MAX_RULES,
  title: 'Rules',
  description: 'All are judged, in this order.',
  examples: [[{ name: 'has a total', check: 'invoice.total != null', message: 'There is no total' }]],
});
