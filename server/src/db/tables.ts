// Written by tools/db-types.ts from the migrations (npm run db:types); not by hand. Columns in camelCase, as Kysely's plugin names them.
import type { ColumnType, GeneratedAlways } from 'kysely';
import type { Json } from '#base';

/** Read as a value, written as text: pg would take a list for an SQL array. */
type JsonColumn = ColumnType<Json, string, string>;
type NullableJsonColumn = ColumnType<Json | null, string | null | undefined, string | null>;
/** Milliseconds. */
type Timestamp = ColumnType<Date, Date | string, Date | string>;
type NullableTimestamp = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
/** The database fills it where an insert leaves it out. */
type Generated<T> = T extends ColumnType<infer S, infer I, infer U> ? ColumnType<S, I | undefined, U> : ColumnType<T, T | undefined, T>;

export interface AccessTicketsTable {
  organizationId: string;
  ticketHash: Buffer;
  principal: JsonColumn;
  expiresAt: Timestamp;
  usedAt: NullableTimestamp;
}

export interface ApiKeysTable {
  organizationId: string;
  id: string;
  serviceAccountId: string | null;
  userId: string | null;
  name: string;
  description: string | null;
  tokenHash: Buffer | null;
  tokenPrefix: string;
  deleted: Generated<boolean>;
  lastUsedAt: NullableTimestamp;
  modifiedBy: Generated<string>;
  createdAt: Generated<Timestamp>;
  updatedAt: Generated<Timestamp>;
}

export interface ConcurrencyPlacesTable {
  organizationId: string;
  key: string;
  place: number;
  taskExecutionId: string;
  attempt: number;
  takenAt: Generated<Timestamp>;
  holderOrganizationId: string | null;
}

export interface ExecutionEventsTable {
  organizationId: string;
  id: string;
  executionId: string;
  taskExecutionId: string | null;
  generation: number;
  attempt: number | null;
  kind: 'attempt_failed' | 'attempt_lost' | 'cancel_requested' | 'cancelled' | 're_executed' | 'edited' | 'promoted' | 'deleted' | 'ended';
  detail: NullableJsonColumn;
  actor: Generated<string>;
  at: Generated<Timestamp>;
}

export interface ExecutionMetadataTable {
  organizationId: string;
  flowExecutionId: string;
  flowId: string;
  key: string;
  value: string;
  createdAt: Generated<Timestamp>;
}

export interface ExecutionSlotsTable {
  organizationId: string;
  slot: number;
  free: Generated<boolean>;
}

export interface FilesTable {
  organizationId: string;
  id: string;
  flowId: string;
  fileKey: string;
  filename: string | null;
  contentType: Generated<string>;
  sizeBytes: number | null;
  sha256: Buffer | null;
  metadata: Generated<JsonColumn>;
  modifiedBy: string;
  createdAt: Generated<Timestamp>;
  uploadedAt: NullableTimestamp;
  flowExecutionId: string | null;
}

export interface FlowExecutionsTable {
  organizationId: string;
  id: string;
  flowId: string;
  flowVersionId: string;
  flowVersion: number;
  runNumber: number;
  generation: Generated<number>;
  status: 'queued' | 'running' | 'waiting' | 'completed' | 'failed' | 'cancel_requested' | 'cancelled';
  dataStatus: Generated<'consistent' | 'edited' | 'stale'>;
  rank: Generated<number>;
  firstTask: number;
  need: number;
  open: number;
  failures: Generated<number>;
  awaiting: Generated<number>;
  slot: number | null;
  input: JsonColumn;
  triggeredTaskExecutorName: string | null;
  triggeredBy: Generated<string>;
  pricingConfigId: string | null;
  modifiedBy: string;
  createdAt: Generated<Timestamp>;
  updatedAt: Generated<Timestamp>;
  startedAt: NullableTimestamp;
  cancelRequestedAt: NullableTimestamp;
  completedAt: NullableTimestamp;
  deletedAt: NullableTimestamp;
  parentTaskId: string | null;
  purgeAt: NullableTimestamp;
  purgeBegunAt: NullableTimestamp;
  deadline: NullableTimestamp;
  urgentAt: NullableTimestamp;
  traceparent: string | null;
}

export interface FlowReexecutionsTable {
  organizationId: string;
  flowId: string;
  version: number;
  runsLeft: Generated<number>;
  beforeId: string | null;
  claimedUntil: NullableTimestamp;
  createdAt: Generated<Timestamp>;
}

export interface FlowVersionTasksTable {
  organizationId: string;
  flowVersionId: string;
  task: number;
  name: string;
  kind: 'task' | 'gate';
  executor: string;
}

export interface FlowVersionsTable {
  organizationId: string;
  id: string;
  flowId: string;
  version: number;
  definition: JsonColumn;
  source: string | null;
  name: string | null;
  isFavourite: Generated<boolean>;
  modifiedBy: string;
  createdAt: Generated<Timestamp>;
  updatedAt: Generated<Timestamp>;
}

export interface FlowsTable {
  organizationId: string;
  id: string;
  displayName: string;
  uniqueName: string | null;
  description: string | null;
  status: Generated<'draft' | 'published'>;
  visibility: Generated<'private' | 'organization' | 'public'>;
  settings: Generated<JsonColumn>;
  tags: Generated<string[]>;
  latestVersion: Generated<number>;
  runCount: Generated<number>;
  createdBy: string;
  modifiedBy: string;
  createdAt: Generated<Timestamp>;
  updatedAt: Generated<Timestamp>;
  deletedAt: NullableTimestamp;
}

export interface IdempotencyKeysTable {
  organizationId: string;
  principalId: string;
  route: string;
  key: string;
  bodyHash: Buffer;
  heldUntil: Timestamp;
  status: number | null;
  headers: NullableJsonColumn;
  body: string | null;
  createdAt: Generated<Timestamp>;
  expiresAt: Timestamp;
}

export interface OrganizationsTable {
  id: string;
  name: string;
  tier: Generated<'free' | 'growth' | 'enterprise'>;
  isActive: Generated<boolean>;
  isSystem: Generated<boolean>;
  weight: Generated<number>;
  maxConcurrent: number | null;
  settings: Generated<JsonColumn>;
  createdAt: Generated<Timestamp>;
  updatedAt: Generated<Timestamp>;
}

export interface PlatformKeysTable {
  name: string;
  sealed: Buffer;
  createdAt: Generated<Timestamp>;
}

export interface QueueControlsTable {
  organizationId: string;
  key: string;
  kind: 'platform' | 'organization' | 'flow' | 'executor' | 'model';
  name: string;
  pausedAt: NullableTimestamp;
  pausedBy: string | null;
  reason: string | null;
  maxConcurrent: number | null;
  modifiedBy: string;
  createdAt: Generated<Timestamp>;
  updatedAt: Generated<Timestamp>;
}

export interface RefreshTokensTable {
  organizationId: string;
  id: string;
  sessionId: string;
  tokenHash: Buffer;
  createdAt: Generated<Timestamp>;
  usedAt: NullableTimestamp;
  replacedBy: string | null;
}

export interface ReportedTaskExecutionsTable {
  organizationId: string;
  id: string;
  flowExecutionId: string;
  taskName: string;
  taskExecutionIdx: number;
  processingStatus: 'queued' | 'running' | 'completed' | 'failed' | 'deleted' | 'awaiting_input' | 'cancel_requested' | 'cancelled';
  skipped: Generated<boolean>;
  editedStatus: Generated<'not_edited' | 'edited_not_reexecuted' | 'edited_reexecuted'>;
  staleStatus: Generated<'consistent' | 'stale'>;
  input: NullableJsonColumn;
  output: NullableJsonColumn;
  error: NullableJsonColumn;
  sourceTaskExecutions: NullableJsonColumn;
  startedAt: NullableTimestamp;
  completedAt: NullableTimestamp;
  modifiedBy: string;
  createdAt: Generated<Timestamp>;
  updatedAt: Generated<Timestamp>;
}

export interface SchemaMigrationsTable {
  number: number;
  name: string;
  checksum: string;
  breaking: Generated<boolean>;
  appliedAt: Generated<Timestamp>;
}

export interface SecretsTable {
  organizationId: string;
  name: string;
  sealed: Buffer;
  modifiedBy: string;
  createdAt: Generated<Timestamp>;
  updatedAt: Generated<Timestamp>;
}

export interface ServiceAccountsTable {
  organizationId: string;
  id: string;
  name: string;
  description: string | null;
  status: Generated<'active' | 'inactive'>;
  role: Generated<'integration' | 'org_admin'>;
  modifiedBy: Generated<string>;
  createdAt: Generated<Timestamp>;
  updatedAt: Generated<Timestamp>;
}

export interface SessionsTable {
  organizationId: string;
  id: string;
  userId: string;
  aal: Generated<'aal1' | 'aal2'>;
  amr: JsonColumn;
  createdAt: Generated<Timestamp>;
  endedAt: NullableTimestamp;
}

export interface TaskCacheTable {
  organizationId: string;
  key: Buffer;
  output: NullableJsonColumn;
  outputKey: string | null;
  summary: NullableJsonColumn;
  routes: NullableJsonColumn;
  taskExecutionId: string;
  createdAt: Generated<Timestamp>;
  expiresAt: Timestamp;
}

export interface TaskExecutionRevisionsTable {
  organizationId: string;
  id: string;
  taskExecutionId: string;
  executionId: string;
  generation: number;
  taskName: string;
  item: number;
  attempt: number;
  reason: 're_executed' | 'edited';
  record: JsonColumn;
  replacedBy: string;
  replacedAt: Generated<Timestamp>;
}

export interface TaskExecutionsTable {
  organizationId: string;
  id: string;
  executionId: string;
  generation: number;
  task: number;
  item: Generated<number>;
  status: 'pending' | 'ready' | 'running' | 'completed' | 'failed' | 'awaiting_input' | 'skipped' | 'cancelled' | 'scheduled';
  rank: Generated<number>;
  need: Generated<number>;
  waiting: Generated<number>;
  alive: Generated<number>;
  skipped: Generated<number>;
  failed: Generated<number>;
  attempt: Generated<number>;
  tries: Generated<number>;
  losses: Generated<number>;
  lane: Generated<string>;
  worker: number | null;
  readyAt: Generated<Timestamp>;
  startedAt: NullableTimestamp;
  completedAt: NullableTimestamp;
  itemValue: NullableJsonColumn;
  input: NullableJsonColumn;
  output: NullableJsonColumn;
  outputKey: string | null;
  error: NullableJsonColumn;
  summary: NullableJsonColumn;
  routes: NullableJsonColumn;
  checkpoint: NullableJsonColumn;
  editedStatus: Generated<'not_edited' | 'edited_not_reexecuted' | 'edited_reexecuted'>;
  staleStatus: Generated<'consistent' | 'stale'>;
  modifiedBy: Generated<string>;
  waitUntil: NullableTimestamp;
  topic: string | null;
  leaseHash: Buffer | null;
  leaseUntil: NullableTimestamp;
  decision: NullableJsonColumn;
  staleReason: NullableJsonColumn;
  sourceTaskExecutions: NullableJsonColumn;
  pause: string | null;
}

export interface TaskLogsTable {
  organizationId: string;
  id: string;
  flowExecutionId: string;
  taskExecutionId: string;
  generation: number;
  attempt: number;
  level: 'debug' | 'info' | 'warn' | 'error';
  message: string;
  fields: NullableJsonColumn;
  createdAt: Generated<Timestamp>;
}

export interface TaskOutputsTable {
  organizationId: string;
  id: string;
  flowExecutionId: string;
  taskName: string;
  summary: NullableJsonColumn;
  output: NullableJsonColumn;
  tags: NullableJsonColumn;
  error: NullableJsonColumn;
  processingStatus: 'queued' | 'running' | 'completed' | 'failed' | 'deleted' | 'awaiting_input' | 'cancel_requested' | 'cancelled';
  editedStatus: 'not_edited' | 'edited';
  staleStatus: 'consistent' | 'stale';
  inProgress: Generated<boolean>;
  flowVersion: number | null;
  contentHash: Buffer;
  modifiedBy: string;
  createdAt: Generated<Timestamp>;
  updatedAt: Generated<Timestamp>;
  changedAt: Generated<Timestamp>;
}

export interface TaskStatusReportsTable {
  organizationId: string;
  id: string;
  flowExecutionId: string;
  taskName: string;
  rawStatus: string | null;
  processingStatus: string | null;
  modifiedBy: string;
  createdAt: Generated<Timestamp>;
}

export interface TaskTagsTable {
  organizationId: string;
  id: string;
  flowExecutionId: string;
  taskName: string;
  tag: string;
  tagType: string;
  tagMetadata: NullableJsonColumn;
  metadataKey: string;
  status: Generated<'active' | 'deleted'>;
  modifiedBy: string;
  createdAt: Generated<Timestamp>;
  updatedAt: Generated<Timestamp>;
}

export interface UsersTable {
  organizationId: string;
  id: string;
  email: string;
  firstName: Generated<string>;
  lastName: Generated<string>;
  role: 'org_admin' | 'backoffice' | 'app_user' | 'worker' | 'publisher' | 'integration';
  status: Generated<'pending' | 'active' | 'inactive'>;
  passwordHash: string | null;
  settings: Generated<JsonColumn>;
  modifiedBy: Generated<string>;
  createdAt: Generated<Timestamp>;
  updatedAt: Generated<Timestamp>;
  deletedAt: NullableTimestamp;
}

export interface WebhookDeliveriesTable {
  organizationId: string;
  id: string;
  messageId: string;
  flowExecutionId: string;
  taskExecutionId: string;
  taskName: string;
  url: string;
  payload: string;
  try: number;
  status: 'delivered' | 'failed';
  responseStatus: number | null;
  responseExcerpt: string | null;
  error: string | null;
  durationMs: number;
  redelivery: Generated<boolean>;
  triggeredBy: Generated<string>;
  createdAt: Generated<Timestamp>;
}

export interface WorkersTable {
  id: GeneratedAlways<number>;
  host: string;
  pid: number;
  startedAt: Generated<Timestamp>;
  aliveUntil: Timestamp;
  loopDelayMs: Generated<number>;
  draining: Generated<boolean>;
  heardAt: Generated<Timestamp>;
  claimedAt: NullableTimestamp;
}

export interface Tables {
  accessTickets: AccessTicketsTable;
  apiKeys: ApiKeysTable;
  concurrencyPlaces: ConcurrencyPlacesTable;
  executionEvents: ExecutionEventsTable;
  executionMetadata: ExecutionMetadataTable;
  executionSlots: ExecutionSlotsTable;
  files: FilesTable;
  flowExecutions: FlowExecutionsTable;
  flowReexecutions: FlowReexecutionsTable;
  flowVersionTasks: FlowVersionTasksTable;
  flowVersions: FlowVersionsTable;
  flows: FlowsTable;
  idempotencyKeys: IdempotencyKeysTable;
  organizations: OrganizationsTable;
  platformKeys: PlatformKeysTable;
  queueControls: QueueControlsTable;
  refreshTokens: RefreshTokensTable;
  reportedTaskExecutions: ReportedTaskExecutionsTable;
  schemaMigrations: SchemaMigrationsTable;
  secrets: SecretsTable;
  serviceAccounts: ServiceAccountsTable;
  sessions: SessionsTable;
  taskCache: TaskCacheTable;
  taskExecutionRevisions: TaskExecutionRevisionsTable;
  taskExecutions: TaskExecutionsTable;
  taskLogs: TaskLogsTable;
  taskOutputs: TaskOutputsTable;
  taskStatusReports: TaskStatusReportsTable;
  taskTags: TaskTagsTable;
  users: UsersTable;
  webhookDeliveries: WebhookDeliveriesTable;
  workers: WorkersTable;
}
