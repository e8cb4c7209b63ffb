/** One defence taken away: text of the product replaced by other text. */
export interface Switch {
  /** What is gone. */
  removes: string;
  /** Paths below `server`, each with the text that goes and what stands there instead. */
  edits: readonly [path: string, from: string, to: string][];
  /** The one test file that must fail, below `server`. */
  caughtBy: string;
  /** In `npm test`: those whose file is quick. */
  isQuick?: boolean;
}

const lintIsOff: Switch['edits'][number] = ['src/db/migrate.ts', 'await refuseFaults(owner);', ''];
const TENANT = `(organization_id = current_setting(''flow.organization'')::uuid)`;

/** Defences of everything but the engine's statements, which have theirs in test/engine/saboteurs.ts. */
export const SWITCHES: Readonly<Record<string, Switch>> = {
  sealContext: {
    removes: 'what a sealed value is bound to',
    edits: [['src/base/seal.ts', '.setAAD(Buffer.from(context))', '']],
    caughtBy: 'src/base/seal.test.ts',
    isQuick: true,
  },
  errorRedactor: {
    removes: 'the redactor of error messages',
    edits: [['src/worker/redact-secrets.ts', 'message: text(error.message)', 'message: error.message']],
    caughtBy: 'src/worker/redact-secrets.test.ts',
    isQuick: true,
  },
  addressLiterals: {
    removes: 'the check of addresses that stand in a URL',
    edits: [['src/base/guarded-agent.ts', 'isIP(host) !== 0 && !isAllowed(host)', 'false']],
    caughtBy: 'src/base/safe-fetch.test.ts',
  },
  pinnedAddress: {
    removes: 'the check of what a name resolves to, at the moment of the connection',
    edits: [['src/base/guarded-agent.ts', '!addresses.every((each) => isAllowed(each.address))', 'false']],
    caughtBy: 'src/base/egress.test.ts',
    isQuick: true,
  },
  redirectHeaders: {
    removes: 'the loss of credentials where a redirect leaves the origin',
    edits: [['src/base/outgoing-request.ts', 'if (from.origin !== to.origin) for', 'if (false) for']],
    caughtBy: 'src/base/safe-fetch.test.ts',
  },
  answerSize: {
    removes: 'the limit of what an answer may hold',
    edits: [['src/base/limit-body.ts', 'seen <= maxBytes', 'true']],
    caughtBy: 'src/base/safe-fetch.test.ts',
  },
  jsonDepth: {
    removes: 'the limit of nesting in a body',
    edits: [['src/api/plugins/body-parsers.ts', 'depth > MAX_JSON_DEPTH', 'false']],
    caughtBy: 'src/api/plugins/body-parsers.test.ts',
    isQuick: true,
  },
  ownProperties: {
    removes: 'that a reference reads own properties only',
    edits: [
      ['src/language/read-path.ts', 'isJsonObject(value) && Object.hasOwn(value, key)', 'isJsonObject(value)'],
      ['src/language/read-path.ts', `new Set(['__proto__', 'constructor', 'prototype'])`, 'new Set<string>()'],
    ],
    caughtBy: 'src/language/resolve-references.test.ts',
    isQuick: true,
  },
  storableText: {
    removes: 'the replacement of characters that PostgreSQL refuses',
    edits: [['src/engine/outcome.ts', `if (!text.includes('\\\\u')) return text;`, 'return text;']],
    caughtBy: 'src/engine/outcome.test.ts',
  },
  urlExpiry: {
    removes: 'the end of a signed URL',
    edits: [['src/files/sign-url.ts', 'expiresAt.getTime() < now()', 'false']],
    caughtBy: 'src/files/sign-url.test.ts',
    isQuick: true,
  },
  urlSignature: {
    removes: 'the signature of a signed URL',
    edits: [['src/files/sign-url.ts', '!isSame(signature(method, key, sent), given as string)', 'false']],
    caughtBy: 'src/files/sign-url.test.ts',
  },
  fileChecksum: {
    removes: 'the checksum of a stored file',
    edits: [['src/files/verify-checksum.ts', '!hash.digest().equals(sha256)', 'false']],
    caughtBy: 'src/files/verify-checksum.test.ts',
  },
  archiveSize: {
    removes: 'the limits of what an archive says that it unpacks to',
    edits: [
      ['src/documents/office/read-archive.ts', 'total > MAX_UNPACKED', 'false'],
      ['src/documents/office/read-archive.ts', 'ratio > MAX_RATIO &&', 'false &&'],
      ['src/documents/office/read-archive.ts', 'entry.uncompressedSize > maxBytes', 'false'],
    ],
    caughtBy: 'test/documents/bombs.test.ts',
  },
  webhookSignature: {
    removes: 'that the body is part of a webhook’s signature',
    edits: [
      [
        'src/connectors/deliver-webhook.ts',
        'signMessage(key, { id, timestamp, payload })',
        `signMessage(key, { id, timestamp, payload: '' })`,
      ],
    ],
    caughtBy: 'src/connectors/deliver-webhook.test.ts',
  },
  defaultDeny: {
    removes: 'that a role may do only what its row says',
    edits: [['src/api/permissions.ts', 'return permission.roles.includes(principal.role);', 'return true;']],
    caughtBy: 'test/api/permissions.test.ts',
  },
  withCheck: {
    removes: 'WITH CHECK of the policies for the API, and the lint that would refuse the schema',
    edits: [['migrations/0003-executions.sql', `with check ${TENANT}`, 'with check (true)'], lintIsOff],
    caughtBy: 'test/db/policies.test.ts',
    isQuick: true,
  },
  tenantPolicy: {
    removes: 'the policy that shows an organization its own rows alone, and the lint',
    edits: [['migrations/0003-executions.sql', `using ${TENANT}`, 'using (true)'], lintIsOff],
    caughtBy: 'test/tenancy.test.ts',
  },
  eventsOfOthers: {
    removes: 'that a subscriber hears of its organization alone',
    edits: [
      [
        'src/events/local-delivery.ts',
        'this.#byOrganization.get(event.organizationId) ?? []',
        '[...this.#byOrganization.values()].flatMap((all) => [...all])',
      ],
    ],
    caughtBy: 'test/events/event-hub.test.ts',
    isQuick: true,
  },
  contentPolicy: {
    removes: 'the content security policy',
    edits: [['src/api/plugins/browser-rules.ts', `defaultSrc: ["'self'"]`, `defaultSrc: ['*']`]],
    caughtBy: 'test/api/limits.test.ts',
  },
  idempotencyLock: {
    removes: 'that the second call under a key waits for the first one’s answer',
    edits: [['src/api/plugins/idempotency.ts', 'if (answer) return sendKept(reply, answer);', '']],
    caughtBy: 'test/idempotency/idempotency-key.test.ts',
  },
  leaseToken: {
    removes: 'the token of whoever holds a task from outside',
    edits: [['src/engine/leased-tasks.ts', '|| !holds(row, lease.token)', '']],
    caughtBy: 'test/external-tasks/external-tasks.test.ts',
  },
  ticketOnce: {
    removes: 'that a ticket opens one connection',
    edits: [['src/access/tickets.ts', 'and used_at is null and expires_at > now()', 'and expires_at > now()']],
    caughtBy: 'test/live/tickets.test.ts',
  },
  tokenExpiry: {
    removes: 'the end of an access token',
    edits: [['src/access/access-tokens.ts', `typ: 'JWT', requiredClaims }`, `typ: 'JWT', requiredClaims, currentDate: new Date(0) }`]],
    caughtBy: 'test/auth/credentials.test.ts',
  },
  poison: {
    removes: 'that a task which kills its workers is given up',
    edits: [['src/engine/claimed-task.ts', 'row.losses > MAX_LOSSES', 'false']],
    caughtBy: 'test/engine/recovery.test.ts',
  },
  staleEdit: {
    removes: 'that an edit of an older state is refused',
    edits: [['src/engine/edit-task.ts', 'if (isOlder && stored.modified_by !== actor)', 'if (false)']],
    caughtBy: 'test/task-executions/edit-task-execution.test.ts',
  },
  queuedLimit: {
    removes: 'the limit of runs at once where a run begins',
    edits: [
      [
        'src/engine/sql/start-executions.sql',
        `case when t.slot is not null or o.max_concurrent is null then 'running' else 'queued' end`,
        `'running'`,
      ],
    ],
    caughtBy: 'test/engine/start.test.ts',
  },
};
