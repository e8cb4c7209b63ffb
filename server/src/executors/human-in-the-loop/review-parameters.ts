import { Type } from 'typebox';
import { waitLimitParameters } from '../wait-limit.ts';

const confidence = (title: string, description: string, example: number) =>
  Type.Number({ minimum: 0, maximum: 1, title, description, examples: [example] });

const ids = (title: string, description: string) =>
  Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
      maxItems: 200,
      uniqueItems: true,
      title,
      description,
      examples: [['3f2504e0-4f89-41d3-9a0c-0305e82c3301']],
    }),
  );

const message = Type.Object(
  {
    when: Type.Optional(
      Type.String({
        format: 'cel',
        minLength: 1,
        maxLength: 10_000,
        title: 'Only when',
        description: 'Left out where this gives false.',
        examples: ['invoice.total > 1000.0'],
      }),
    ),
    message: Type.String({
      format: 'liquid',
      maxLength: 10_000,
      title: 'Message',
      description: 'What the reviewer is told.',
      examples: ['A large sum: {{ invoice.total }}'],
    }),
  },
  { additionalProperties: false },
);

/** Parameters of a review: what is shown, to whom, what is unsure, and how long it may take. */
export const reviewParameters = Type.Object(
  {
    data: Type.Optional(
      Type.Unknown({
        title: 'Data',
        description:
          'What is reviewed, most often {{<task>.output}}; its `_evidence` says how sure each value is. The output is this, as the reviewer left it.',
        examples: ['{{invoice.output}}'],
      }),
    ),
    documents: Type.Optional(
      Type.Union([Type.String({ maxLength: 2048 }), Type.Array(Type.String({ maxLength: 2048 }), { maxItems: 100 }), Type.Null()], {
        title: 'Documents',
        description: 'gs:// URI, or a list of them: shown beside the data.',
        examples: ['{{receive.document_url}}'],
      }),
    ),
    instructions: Type.Optional(
      Type.Union([Type.String({ maxLength: 20_000 }), Type.Null()], {
        title: 'Instructions',
        description: 'What the reviewer is asked to do.',
        examples: ['Compare the total with the document.'],
      }),
    ),
    human_messages: Type.Optional(
      Type.Array(Type.Union([Type.String({ maxLength: 10_000 }), message]), {
        maxItems: 200,
        title: 'Messages',
        description: 'Texts, or {when, message}: those whose condition is true are shown. Most often {{<validation>.messages}}.',
        examples: [[{ when: 'invoice.total > 1000.0', message: 'A large sum' }]],
      }),
    ),
    assigned_users: ids('Users', 'Ids of the users who may review.'),
    assigned_worker_groups: ids('Worker groups', 'Ids of the groups whose members may review.'),
    is_editable: Type.Optional(
      Type.Boolean({ default: true, title: 'Editable', description: 'Whether the reviewer may change the data.', examples: [true] }),
    ),
    fields: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
        minItems: 1,
        maxItems: 300,
        title: 'Fields',
        description: 'Keys of the data that are judged by their confidence. Default: all that there is evidence of.',
        examples: [['total', 'iban']],
      }),
    ),
    threshold: Type.Optional(confidence('Threshold', 'A value less sure than this is marked for the reviewer. Default 0.8.', 0.8)),
    thresholds: Type.Optional(
      Type.Record(Type.String({ minLength: 1, maxLength: 200 }), confidence('Threshold', 'Of this field.', 0.95), {
        maxProperties: 300,
        title: 'Thresholds',
        description: 'By field, instead of `threshold`.',
        examples: [{ iban: 0.95 }],
      }),
    ),
    ignore_missing: Type.Optional(
      Type.Boolean({
        default: false,
        title: 'Ignore missing',
        description: 'A value that was not found is no reason to look.',
        examples: [true],
      }),
    ),
    skip_if_confident: Type.Optional(
      Type.Boolean({
        default: false,
        title: 'Skip if confident',
        description: 'Where no value is below its threshold and there is no message, the data pass unreviewed.',
        examples: [true],
      }),
    ),
    review_timeout_minutes: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 10_080,
        title: 'Review timeout',
        description: 'How long one reviewer may hold it before others may take it.',
        examples: [60],
      }),
    ),
    ...waitLimitParameters,
  },
  { additionalProperties: false },
);
