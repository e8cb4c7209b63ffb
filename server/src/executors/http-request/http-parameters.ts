import { type Static, Type } from 'typebox';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
const AUTH_TYPES = ['bearer', 'basic', 'header'] as const;
const RESPONSES = ['auto', 'json', 'text', 'file'] as const;
export const MAX_BYTES = 50 * 1024 * 1024; // as the way out has it
export const DEFAULT_MAX_BYTES = 10 * 1024 * 1024;

const Words = <const W extends readonly string[]>(words: W, description: string) =>
  Type.Optional(Type.Unsafe<W[number]>({ type: 'string', enum: [...words], description }));
const Secret = (description: string, maxLength = 65_536) => Type.Optional(Type.String({ maxLength, 'x-secret': true, description }));
const Scalar = () =>
  Type.Union([Type.String({ maxLength: 65_536, 'x-secret': true }), Type.Number(), Type.Boolean()], { 'x-secret': true });

export const parametersSchema = Type.Object(
  {
    url: Type.String({
      minLength: 1,
      maxLength: 8192,
      format: 'http-url',
      'x-secret': true,
      description: 'http or https; a public address, unless the operator allows its network. {{secrets.NAME}} may stand in it.',
    }),
    method: Words(METHODS, 'Default GET.'),
    query: Type.Optional(
      Type.Record(Type.String(), Type.Union([Scalar(), Type.Array(Scalar()), Type.Null()], { 'x-secret': true }), {
        maxProperties: 200,
        description: 'Added to the URL, encoded: a list repeats its name, null leaves it out.',
      }),
    ),
    headers: Type.Optional(
      Type.Record(Type.String(), Type.String({ maxLength: 8192, 'x-secret': true }), {
        maxProperties: 100,
        description: 'Any but those that frame the message (Host, Content-Length, ...). Values may be {{secrets.NAME}}.',
      }),
    ),
    auth: Type.Optional(
      Type.Object(
        {
          type: Type.Unsafe<(typeof AUTH_TYPES)[number]>({ type: 'string', enum: [...AUTH_TYPES] }),
          token: Secret('Of bearer.', 8192),
          username: Secret('Of basic.', 1024),
          password: Secret('Of basic.', 8192),
          name: Type.Optional(Type.String({ maxLength: 255, description: 'Of header: its name, such as X-API-Key.' })),
          value: Secret('Of header.', 8192),
        },
        { additionalProperties: false, description: 'Written as the header that it stands for. Values may be {{secrets.NAME}}.' },
      ),
    ),
    json: Type.Optional(
      Type.Unsafe<unknown>({
        additionalProperties: { 'x-secret': true },
        description: 'Body: any value, sent as JSON. The fields of an object may be {{secrets.NAME}}, deeper ones not.',
      }),
    ),
    form: Type.Optional(
      Type.Record(Type.String(), Scalar(), { maxProperties: 500, description: 'Body: fields, sent as application/x-www-form-urlencoded.' }),
    ),
    text: Secret('Body: text as it is; name its type in headers, default text/plain.', 10_485_760),
    expected_statuses: Type.Optional(
      Type.Array(Type.Union([Type.Integer({ minimum: 200, maximum: 599 }), Type.String({ pattern: '^[2-5]xx$' })]), {
        minItems: 1,
        maxItems: 50,
        description: 'Statuses that are a success, such as 404 or 2xx; default 2xx. Others fail the task.',
      }),
    ),
    follow_redirects: Type.Optional(Type.Boolean({ description: 'Default true: at most five, no credential to another origin.' })),
    response: Words(RESPONSES, 'How the body is read: json, text, file (stored), or auto by its content type (default).'),
    timeout: Type.Optional(
      Type.Union([Type.String({ maxLength: 20 }), Type.Number()], {
        description: 'Of the whole call, such as 10s; default 30s, at most 5m.',
      }),
    ),
    max_bytes: Type.Optional(
      Type.Integer({ minimum: 1, maximum: MAX_BYTES, description: `Of the body, unpacked; default ${DEFAULT_MAX_BYTES}.` }),
    ),
  },
  { additionalProperties: false },
);

export type HttpParameters = Static<typeof parametersSchema>;
