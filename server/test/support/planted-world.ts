import { makeApiKey } from '#access';
import { type Id, newId } from '#base';
import type { EngineDatabase } from '#db';

/** One of everything that an organization can own, by the name that the wire gives its id. */
export interface PlantedWorld {
  ids: Record<
    | 'flow_id'
    | 'flow_execution_id'
    | 'task_execution_id'
    | 'task_output_id'
    | 'service_account_id'
    | 'api_key_id'
    | 'file_id'
    | 'delivery_id',
    Id
  >;
  /** The gs:// address of its document. */
  uri: string;
  /** Stands in every text of it: whoever reads this has seen it. */
  word: string;
}

const TASK = 'receive';

const definitionWith = (word: string) => ({
  flow: {},
  flow_configs: [
    {
      config: { tasks: [{ name: TASK, task_title: word, task_executor_name: 'receive_file', parameters: {} }], groups: [], notes: [] },
      meta: { name: word, description: word },
    },
  ],
});

/** Rows of an organization, written as the engine: no route is needed to make what routes must not show. `bucket` is the file store's. */
export async function plantWorld(
  engineDb: EngineDatabase,
  organizationId: Id,
  options: { word: string; bucket: string },
): Promise<PlantedWorld> {
  const { word, bucket } = options;
  const json = JSON.stringify({ word });
  const ids = {
    flow_id: newId(),
    flow_execution_id: newId(),
    task_execution_id: newId(),
    task_output_id: newId(),
    service_account_id: newId(),
    api_key_id: newId(),
    file_id: newId(),
    delivery_id: newId(),
  };
  const version = newId();
  const fileKey = `flows/${ids.flow_id}/documents/${ids.file_id}`;
  const key = makeApiKey({ organizationId, accountId: ids.service_account_id });

  const insert = (table: string, row: Record<string, unknown>) => {
    const columns = Object.keys(row);
    const places = columns.map((_, i) => `$${i + 1}`);
    return engineDb.query(
      `plant-${table}`,
      `insert into ${table} (${columns.join(', ')}) values (${places.join(', ')})`,
      Object.values(row),
    );
  };
  const own = { organization_id: organizationId };
  const by = { modified_by: word };
  await insert('flows', {
    ...own,
    ...by,
    id: ids.flow_id,
    display_name: word,
    description: word,
    tags: [word],
    created_by: word,
    run_count: 1,
  });
  await insert('flow_versions', {
    ...own,
    ...by,
    id: version,
    flow_id: ids.flow_id,
    version: 1,
    definition: JSON.stringify(definitionWith(word)),
    name: word,
  });
  await insert('flow_version_tasks', { ...own, flow_version_id: version, task: 0, name: TASK, kind: 'task', executor: 'receive_file' });
  await insert('files', {
    ...own,
    ...by,
    id: ids.file_id,
    flow_id: ids.flow_id,
    file_key: fileKey,
    filename: word,
    size_bytes: 1,
    metadata: json,
    uploaded_at: new Date(),
  });
  await insert('flow_executions', {
    ...own,
    ...by,
    id: ids.flow_execution_id,
    flow_id: ids.flow_id,
    flow_version_id: version,
    flow_version: 1,
    run_number: 1,
    status: 'completed',
    first_task: 0,
    need: 1,
    open: 0,
    input: json,
    completed_at: new Date(),
  });
  await insert('task_executions', {
    ...own,
    ...by,
    id: ids.task_execution_id,
    execution_id: ids.flow_execution_id,
    generation: 0,
    task: 0,
    status: 'completed',
    attempt: 1,
    output: json,
    summary: json,
    started_at: new Date(),
    completed_at: new Date(),
  });
  await insert('task_logs', {
    ...own,
    id: newId(),
    flow_execution_id: ids.flow_execution_id,
    task_execution_id: ids.task_execution_id,
    generation: 0,
    attempt: 1,
    level: 'info',
    message: word,
    fields: json,
  });
  await insert('task_outputs', {
    ...own,
    ...by,
    id: ids.task_output_id,
    flow_execution_id: ids.flow_execution_id,
    task_name: TASK,
    output: json,
    summary: json,
    tags: JSON.stringify([word]),
    processing_status: 'completed',
    edited_status: 'not_edited',
    stale_status: 'consistent',
    content_hash: Buffer.from(word),
  });
  const tag = {
    flow_execution_id: ids.flow_execution_id,
    task_name: TASK,
    tag: word,
    tag_type: word,
    tag_metadata: json,
    metadata_key: json,
  };
  await insert('task_tags', { ...own, ...by, id: newId(), ...tag });
  await insert('execution_metadata', { ...own, flow_execution_id: ids.flow_execution_id, flow_id: ids.flow_id, key: word, value: word });
  const run = { flow_execution_id: ids.flow_execution_id };
  await insert('reported_task_executions', {
    ...own,
    ...by,
    ...run,
    id: newId(),
    task_name: TASK,
    task_execution_idx: 7,
    processing_status: 'completed',
    output: json,
  });
  await insert('task_status_reports', {
    ...own,
    ...by,
    ...run,
    id: newId(),
    task_name: TASK,
    raw_status: word,
    processing_status: 'running',
  });
  await insert('webhook_deliveries', {
    ...own,
    id: ids.delivery_id,
    message_id: word,
    flow_execution_id: ids.flow_execution_id,
    task_execution_id: ids.task_execution_id,
    task_name: TASK,
    url: `https://${word}.example/`,
    payload: json,
    try: 1,
    status: 'failed',
    response_excerpt: word,
    duration_ms: 1,
    triggered_by: word,
  });
  await insert('secrets', { ...own, ...by, name: word, sealed: Buffer.from(word) });
  await insert('service_accounts', { ...own, ...by, id: ids.service_account_id, name: word, description: word });
  await insert('api_keys', {
    ...own,
    ...by,
    id: ids.api_key_id,
    service_account_id: ids.service_account_id,
    name: word,
    token_hash: key.tokenHash,
    token_prefix: key.tokenPrefix,
  });
  return { ids, uri: `gs://${bucket}/${fileKey}`, word };
}
