import { APICallError, NoObjectGeneratedError, NoOutputGeneratedError } from 'ai';
import { EgressError, retryAfterMs } from '#base';
import { ModelError } from './model-error.ts';

/** What went wrong with a call, as an expected failure. Anything unknown is answered undefined: a bug, to be thrown on. */
export function modelFailure(error: unknown, name: string): ModelError | undefined {
  if (error instanceof ModelError) return error;
  const egress = causeOf(error, (each): each is EgressError => each instanceof EgressError);
  if (egress !== undefined) return egressFailure(egress, name, error);
  const call = causeOf(error, (each): each is APICallError => APICallError.isInstance(each));
  if (call !== undefined) return callFailure(call, name);
  if (NoObjectGeneratedError.isInstance(error)) {
    const cut = error.finishReason === 'length' ? ' It was cut off at its length limit.' : '';
    return new ModelError('model_invalid_answer', `The model '${name}' did not answer what was asked for.${cut}`, {
      retryable: true,
      cause: error,
    });
  }
  if (NoOutputGeneratedError.isInstance(error)) {
    return new ModelError('model_invalid_answer', `The model '${name}' answered nothing.`, { retryable: true, cause: error });
  }
  return undefined;
}

function causeOf<T>(error: unknown, is: (value: unknown) => value is T): T | undefined {
  for (let each: unknown = error, depth = 0; each !== undefined && depth < 6; depth++) {
    if (is(each)) return each;
    each = each instanceof Error ? (each.cause ?? ('lastError' in each ? each.lastError : undefined)) : undefined;
  }
  return undefined;
}

function egressFailure(egress: EgressError, name: string, cause: unknown): ModelError {
  const message = `The model '${name}' could not be asked: ${egress.message}`;
  switch (egress.code) {
    case 'timeout':
      return new ModelError('model_timeout', message, { retryable: true, cause });
    case 'connect_failed':
    case 'response_broken':
    case 'endpoint_busy':
      return new ModelError('model_unavailable', message, { retryable: true, cause });
    case 'response_too_large':
      return new ModelError('model_answer_too_large', message, { retryable: false, cause });
    default:
      return new ModelError('address_refused', message, { retryable: false, cause });
  }
}

function callFailure(call: APICallError, name: string): ModelError {
  const status = call.statusCode;
  const options = { cause: call, retryAfterMs: retryAfterMs(call.responseHeaders?.['retry-after']) };
  if (status === 429)
    return new ModelError('model_rate_limited', `The model '${name}' is asked too often (429).`, { ...options, retryable: true });
  if (status === 401 || status === 403) {
    return new ModelError('model_refused', `The model endpoint refused the key (${status}): check FLOW_MODEL_API_KEY.`, {
      ...options,
      retryable: false,
    });
  }
  if (status !== undefined && (status >= 500 || status === 408)) {
    return new ModelError('model_unavailable', `The model endpoint failed (${status}).`, { ...options, retryable: true });
  }
  if (status !== undefined && status >= 400) {
    return new ModelError('model_refused', `The model endpoint refused the call (${status}): ${call.message.slice(0, 300)}`, {
      ...options,
      retryable: false,
    });
  }
  if (status === undefined)
    return new ModelError('model_unavailable', `The model '${name}' could not be reached.`, { ...options, retryable: true });
  return new ModelError('model_invalid_answer', `The model endpoint answered something that is not its protocol (${status}).`, {
    ...options,
    retryable: true,
  });
}
