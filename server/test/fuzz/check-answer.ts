import { Ajv2020 } from 'ajv/dist/2020.js';
import type { DescribedOperation, OpenApi } from '../support/openapi-sample.ts';

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

/** What is wrong with an answer, as sentences. */
export type CheckAnswer = (operation: DescribedOperation, answer: Answer) => string[];

/** Statuses that any request may meet before its operation is reached, documented once for all (docs/reference/errors.md). */
const EVERYWHERE = new Set([400, 401, 403, 404, 405, 413, 415, 422, 429]);

/** Checks answers against the document: status, envelope, schema. `foreign` are words that nobody of the caller's organization may read. */
export function answerChecker(document: OpenApi, foreign: readonly string[]): CheckAnswer {
  const ajv = new Ajv2020({ strict: false, allErrors: false, validateFormats: false });
  ajv.addSchema({ $id: 'api', components: document.components });
  const compiled = new Map<string, ReturnType<typeof ajv.compile>>();
  const validatorOf = (operation: DescribedOperation, status: string) => {
    const key = `${operation.operationId}/${status}`;
    const schema = operation.responses[status]?.content?.['application/json']?.schema;
    if (schema === undefined) return undefined;
    const found = compiled.get(key) ?? ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"api#/components/')));
    compiled.set(key, found);
    return found;
  };
  return (operation, { status, headers, text }) => {
    const faults: string[] = [];
    const isDocumented = String(status) in operation.responses;
    if (status >= 500) faults.push('a fault of the server');
    if (!isDocumented && !EVERYWHERE.has(status)) faults.push(`the status ${status} is not documented`);
    if (headers.get('x-request-id')?.length !== 26) faults.push('no X-Request-ID');
    for (const word of foreign) if (text.includes(word)) faults.push(`shows ${word} of another organization`);
    if (!headers.get('content-type')?.startsWith('application/json')) return faults;
    const body = JSON.parse(text) as { error?: { message?: unknown; code?: unknown } };
    const isGoTrue = operation.path.startsWith('/auth/v1/'); // these answer in the words of the sign-in server that they stand in for
    if (status >= 400 && !isGoTrue && (typeof body.error?.message !== 'string' || typeof body.error.code !== 'string'))
      faults.push('no envelope');
    const validate = validatorOf(operation, String(status));
    if (validate && !validate(body)) faults.push(`does not fit its schema: ${ajv.errorsText(validate.errors)}`);
    return faults;
  };
}
