/** What `npm audit signatures --json` has found, as one of three: all is well, something is wrong, or nobody could be asked. */
export interface SignatureVerdict {
  verdict: 'signed' | 'wrong' | 'not asked';
  says: string;
}

interface Named {
  name: string;
  version: string;
}

interface Answer {
  invalid?: Named[];
  missing?: Named[];
  error?: { code?: string | null; summary?: string };
}

/** The network's own failures, those of a proxy that lets nobody through, and what npm says where a registry signs nothing. */
const UNREACHED =
  /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ECONNABORTED|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|ESOCKETTIMEDOUT|ERR_SOCKET_TIMEOUT|E40[37]|E5\d\d)$/;
const OFFERS_NONE = /found no dependencies to audit that were installed from a supported registry/;

/** Anything that is not understood is wrong: a check that passes because it was not read is none. */
export function judgeSignatures(output: string): SignatureVerdict {
  const answer = parse(output);
  if (answer?.invalid && answer.missing) return judgeLists(answer.invalid, answer.missing);
  const { code, summary = '' } = answer?.error ?? {};
  if (UNREACHED.test(code ?? '') || OFFERS_NONE.test(summary))
    return { verdict: 'not asked', says: `the registry cannot be asked: ${summary}` };
  return { verdict: 'wrong', says: `npm answered something else: ${output.trim().slice(0, 500) || 'nothing'}` };
}

function judgeLists(invalid: Named[], missing: Named[]): SignatureVerdict {
  const list = (packages: Named[]) => packages.map(({ name, version }) => `${name}@${version}`).join(', ');
  if (invalid.length > 0) return { verdict: 'wrong', says: `not signed by the registry's key: ${list(invalid)}` };
  if (missing.length > 0) return { verdict: 'wrong', says: `without a signature: ${list(missing)}` };
  return { verdict: 'signed', says: 'every installed package bears a signature of its registry' };
}

function parse(output: string): Answer | undefined {
  try {
    return JSON.parse(output) as Answer;
  } catch {
    return undefined;
  }
}
