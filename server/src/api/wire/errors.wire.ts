import { Type } from 'typebox';
import { AnyJson, AnyObject, Nullable } from './values.ts';

const Place = Type.Array(Type.Unsafe<string | number>({ anyOf: [{ type: 'string' }, { type: 'integer' }] }), {
  description: 'Where: body, query, path or header, then the field',
});

/** One fault of a request, in pydantic's words. */
export const ErrorDetails = Type.Object(
  {
    type: Type.String(),
    loc: Place,
    msg: Type.String(),
    input: AnyJson(),
    ctx: Type.Optional(AnyObject()),
    url: Type.Optional(Type.String()),
  },
  { title: 'ErrorDetails' },
);

const ErrorDetail = Type.Object(
  {
    message: Type.String({ description: 'What happened and what to do' }),
    code: Nullable(Type.String({ description: 'For programs; docs/reference/errors.md has the list' })),
    details: Type.Optional(
      Type.Unsafe<unknown>({
        anyOf: [
          { type: 'array', items: { type: 'string' } },
          { type: 'array', items: { type: 'object', additionalProperties: true } },
          { type: 'object', additionalProperties: true },
          { type: 'null' },
        ],
      }),
    ),
  },
  { title: 'ErrorDetail' },
);

/** The envelope of every error (core.md 1.3). */
export const ErrorResponse = Type.Object(
  { error: ErrorDetail, request_id: Nullable(Type.String({ description: 'ULID; also in the header X-Request-ID' })) },
  { title: 'ErrorResponse' },
);

/** 422: the envelope and, beside it, FastAPI's `detail` (core.md C2). */
export const HTTPValidationError = Type.Object(
  {
    error: ErrorDetail,
    request_id: Nullable(Type.String()),
    detail: Type.Array(ErrorDetails),
  },
  { title: 'HTTPValidationError' },
);

const DESCRIPTIONS = {
  400: 'The request is well-formed but wrong in meaning, or its JSON cannot be parsed',
  401: 'No credentials, or bad or expired ones',
  402: 'The organization has no credits left',
  403: 'The caller may see this, but its role may not do it',
  404: 'Absent, deleted, or of another organization',
  409: 'Against the present state of the thing',
  413: 'The body is larger than the limit',
  415: 'The content type is not one that the operation reads',
  422: 'The request breaks its declared schema',
  429: 'Too many requests; Retry-After says when to come back',
  500: 'An unexpected error, logged under the request id',
  503: 'Temporarily unavailable; Retry-After says when to come back',
} as const;

export type ErrorStatus = keyof typeof DESCRIPTIONS;

/** One object for all operations: what is compiled for it is compiled once. */
const RESPONSES = Object.fromEntries(
  Object.entries(DESCRIPTIONS).map(([status, description]) => [
    status,
    { ...(status === '422' ? HTTPValidationError : ErrorResponse), description },
  ]),
) as unknown as Record<ErrorStatus, typeof ErrorResponse>;

/** The error answers that an operation declares: `response: { 200: Thing, ...errorResponses(401, 404, 422) }`. */
export function errorResponses<const S extends readonly ErrorStatus[]>(...statuses: S): Record<S[number], typeof ErrorResponse> {
  return Object.fromEntries(statuses.map((status) => [status, RESPONSES[status]])) as Record<S[number], typeof ErrorResponse>;
}
