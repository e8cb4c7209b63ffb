/** The envelope of every error of the API. */
interface ErrorBody {
  error?: { message?: string; code?: string | null; details?: unknown };
  request_id?: string | null;
}

/** An answer that is no success: the envelope's code, message and details, ready to print. */
export class ApiError extends Error {
  readonly status: number;
  /** For programs: `not_found`, `conflict`, ...; docs/reference/errors.md has the list. */
  readonly code: string;
  readonly details: unknown;
  readonly requestId: string | undefined;

  constructor(status: number, body: ErrorBody) {
    const { error, request_id } = body;
    super(`${error?.message ?? `the server answered ${status}`}${request_id ? ` (request ${request_id})` : ''}`);
    this.name = 'ApiError';
    this.status = status;
    this.code = error?.code ?? 'unknown';
    this.details = error?.details;
    this.requestId = request_id ?? undefined;
  }
}

/** What a response that is no success says; text that is no envelope becomes the message. */
export async function readError(response: Response): Promise<ApiError> {
  const text = await response.text();
  return new ApiError(response.status, parse(text) ?? { error: { message: text.slice(0, 500) || response.statusText } });
}

function parse(text: string): ErrorBody | undefined {
  try {
    return JSON.parse(text) as ErrorBody;
  } catch {
    return undefined;
  }
}
