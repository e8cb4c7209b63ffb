// Made from docs/reference/openapi.json by `npm run sdk:types`. Do not edit.

export interface paths {
  "/api/auth/anon-key": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations["get_anon_key"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/auth/v1/token": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: operations["create_token"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/auth/v1/logout": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: operations["sign_out"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/auth/v1/user": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations["get_signed_in_user"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/setup": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: operations["set_up"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/external-tasks/claim": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: operations["claim_external_tasks"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/external-tasks/{task_execution_id}/heartbeat": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: operations["extend_external_task"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/external-tasks/{task_execution_id}/complete": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: operations["complete_external_task"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/external-tasks/{task_execution_id}/fail": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: operations["fail_external_task"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/files/resolve": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: operations["resolve_uri"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/files/download": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations["download_file"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/flow-executions": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations["list_flow_executions"];
    put?: never;
    post: operations["create_flow_execution"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/flow-executions/{flow_execution_id}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations["get_flow_execution"];
    put?: never;
    post?: never;
    delete: operations["delete_flow_execution"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/flow-executions/{flow_execution_id}/cancel": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: operations["cancel_flow_execution"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/flow-executions/{flow_execution_id}/execute": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: operations["execute_flow"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/flow-executions/bulk": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: operations["change_flow_executions"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/flow-executions/{flow_execution_id}/status": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch: operations["patch_flow_execution_status"];
    trace?: never;
  };
  "/api/flow-executions/{flow_execution_id}/task-status": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: operations["add_flow_task_statuses"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/flows": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations["list_flows"];
    put?: never;
    post: operations["create_flow"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/flows/available-tags": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations["get_flow_available_tags"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/flows/download-url": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: operations["generate_download_url"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/flows/{flow_id}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations["get_flow"];
    put: operations["put_flow"];
    post?: never;
    delete: operations["delete_flow"];
    options?: never;
    head?: never;
    patch: operations["patch_flow"];
    trace?: never;
  };
  "/api/flows/{flow_id}/clone-info": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations["get_flow_clone_info"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/flows/{flow_id}/definition": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put: operations["update_flow_definition"];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/flows/{flow_id}/task": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put: operations["update_flow_task"];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/flows/{flow_id}/validate": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: operations["validate_flow_definition"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/flows/{flow_id}/versions": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations["list_flow_versions"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/flows/{flow_id}/versions/summary": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations["get_flow_version_summaries"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/flows/{flow_id}/versions/{version}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations["get_flow_version"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch: operations["update_flow_version_metadata"];
    trace?: never;
  };
  "/api/flows/{flow_id}/versions/{version}/restore": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: operations["restore_flow_version"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/flows/{flow_id}/versions/{version}/summary": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations["list_flow_summaries"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/flows/{flow_id}/tags": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations["get_flow_tags"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/flows/{flow_id}/metadata/keys": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations["get_flow_metadata_keys"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/flows/{flow_id}/metadata/values": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations["get_flow_metadata_values"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/flows/{flow_id}/upload-url": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: operations["generate_upload_url"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/flows/{flow_id}/files": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations["list_flow_files"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/flows/{flow_id}/events": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations["watch_flow"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/ws/tickets": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: operations["create_ticket"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/models": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations["get_models"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/profile/me": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations["get_current_user"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch: operations["update_current_user"];
    trace?: never;
  };
  "/api/admin/queues": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations["list_queues"];
    put: operations["control_queue"];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/secrets": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations["list_secrets"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/secrets/{name}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put: operations["put_secret"];
    post?: never;
    delete: operations["delete_secret"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/service-accounts": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations["list_service_accounts"];
    put?: never;
    post: operations["create_service_account"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/service-accounts/{service_account_id}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations["get_service_account"];
    put?: never;
    post?: never;
    delete: operations["delete_service_account"];
    options?: never;
    head?: never;
    patch: operations["update_service_account"];
    trace?: never;
  };
  "/api/service-accounts/{service_account_id}/activate": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: operations["activate_service_account"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/service-accounts/{service_account_id}/deactivate": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: operations["deactivate_service_account"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/service-accounts/{service_account_id}/api-keys": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations["list_service_account_api_keys"];
    put?: never;
    post: operations["create_service_account_api_key"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/service-accounts/{service_account_id}/api-keys/{api_key_id}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post?: never;
    delete: operations["delete_api_key"];
    options?: never;
    head?: never;
    patch: operations["update_api_key"];
    trace?: never;
  };
  "/health/live": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations["get_live"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/health/ready": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations["get_ready"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/health/verdict": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations["get_verdict"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/metrics": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations["get_metrics"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/openapi.json": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations["get_openapi"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/task-data": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: operations["get_task_data"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/task-executions": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations["list_task_executions"];
    put: operations["update_task_execution"];
    post: operations["create_task_execution"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/task-executions/{task_execution_id}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations["get_task_execution"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/task-executions/{task_execution_id}/history": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations["list_task_execution_history"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/task-executions/{task_execution_id}/logs": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations["list_task_logs"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/task-executors": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations["get_task_executors"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/task-outputs": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations["list_task_outputs"];
    put?: never;
    post: operations["create_task_output"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/task-outputs/{task_output_id}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations["get_task_output"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/task-tags": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations["list_task_tags"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch: operations["patch_task_tags"];
    trace?: never;
  };
  "/api/webhook-deliveries": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations["list_webhook_deliveries"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/webhook-deliveries/{delivery_id}": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations["get_webhook_delivery"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/api/webhook-deliveries/{delivery_id}/redeliver": {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: operations["redeliver_webhook"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}

export interface components {
  schemas: {
    AddTaskStatusRequest: {
      /** Taken in this order, each kept as a record */
      statuses: (components['schemas']["AddTaskStatusRequestItem"])[];
    };
    AddTaskStatusRequestItem: {
      task_name: string;
      /** A processing status or an older word for one; null: what its task executions say */
      status?: string | null;
    };
    AnonKeyResponse: {
      anon_key: string;
    };
    ApiKeyCreateRequest: {
      /** For people; trimmed */
      name: string;
      /** For people */
      description?: string | null;
    };
    ApiKeyCreateResponse: {
      id: string;
      created_at: string;
      updated_at: string;
      /** User id, `integration` or `system` */
      modified_by: string;
      user_id: string | null;
      service_account_id: string | null;
      /** For people */
      name: string;
      description: string | null;
      /** Beginning of the key, to tell it from others */
      token_prefix: string;
      organization_id: string;
      /** The key, complete. It is shown this once. */
      token: string;
    };
    ApiKeyResponse: {
      id: string;
      created_at: string;
      updated_at: string;
      /** User id, `integration` or `system` */
      modified_by: string;
      user_id: string | null;
      service_account_id: string | null;
      /** For people */
      name: string;
      description: string | null;
      /** Beginning of the key, to tell it from others */
      token_prefix: string;
      organization_id: string;
      /** To the minute */
      last_used_at: string | null;
    };
    ApiKeyUpdateRequest: {
      /** null: unchanged */
      name?: string | null;
      /** For people */
      description?: string | null;
    };
    ClaimedExternalTask: {
      task_execution_id: string;
      /** Proves that the worker holds the task; needed to extend, complete or fail it */
      lease_token: string;
      lease_expires_at: string;
      topic: string;
      flow_id: string;
      flow_execution_id: string;
      task_name: string;
      /** The item of a fan-out, else 0 */
      task_execution_idx: number;
      /** Rises with each claim */
      attempt: number;
      /** The same for every attempt: what a worker gives to services that it calls */
      idempotency_key: string;
      /** What the flow gives the worker */
      input: unknown;
    };
    CreateTaskExecutionRequest: {
      flow_execution_id: string;
      task_name: string;
      /** The item of a fan-out, from 0 */
      task_execution_idx: number;
      /** queued, running, completed, failed, ... or the word of an older client */
      processing_status: string;
      input?: unknown;
      /** Of a completed one */
      output?: unknown;
      /** Of a failed one */
      error?: unknown;
      source_task_executions?: unknown;
      /** By the clock of whoever ran it */
      started_at?: string | null;
      completed_at?: string | null;
      /** Ends the whole task with this post */
      terminal_task_status?: "completed" | "failed" | null;
      /** system, integration or service-account; of an API key only */
      modified_by?: string;
      /** Of an outside worker: counts only while it holds the task */
      lease_token?: string | null;
    };
    ErrorDetail: {
      /** What happened and what to do */
      message: string;
      /** For programs; docs/reference/errors.md has the list */
      code: string | null;
      details?: (string)[] | ({ [name: string]: unknown })[] | { [name: string]: unknown } | null;
    };
    ErrorDetails: {
      type: string;
      /** Where: body, query, path or header, then the field */
      loc: (string | number)[];
      msg: string;
      input: unknown;
      ctx?: { [name: string]: unknown };
      url?: string;
    };
    ErrorResponse: {
      error: components['schemas']["ErrorDetail"];
      /** ULID; also in the header X-Request-ID */
      request_id: string | null;
    };
    ExternalTaskClaim: {
      tasks: (components['schemas']["ClaimedExternalTask"])[];
    };
    ExternalTaskClaimRequest: {
      /** What the worker can do */
      topics: (string)[];
      /** How many tasks at most */
      max?: number;
      /** How long to wait for a task where there is none */
      wait_seconds?: number;
      /** How long the lease lasts without a heartbeat; a task whose lease has ended can be claimed by another worker */
      lease_seconds?: number;
    };
    ExternalTaskCompletion: {
      /** As the claim answered it */
      lease_token: string;
      /** The output of the task, whatever its form */
      output: unknown;
    };
    ExternalTaskError: {
      message: string;
      /** What a retry policy names in non_retryable */
      code?: string;
      type?: string | null;
      traceback?: string | null;
      details?: unknown;
    };
    ExternalTaskFailure: {
      /** As the claim answered it */
      lease_token: string;
      /** What went wrong: a sentence, or more */
      error: string | components['schemas']["ExternalTaskError"];
      /** Whether another attempt may fare better; the retry policy of the task decides */
      retryable?: boolean;
    };
    ExternalTaskHeartbeat: {
      /** As the claim answered it */
      lease_token: string;
      /** How long the lease lasts without a heartbeat; a task whose lease has ended can be claimed by another worker */
      lease_seconds?: number;
    };
    ExternalTaskLease: {
      task_execution_id: string;
      lease_expires_at: string;
    };
    ExternalTaskReceipt: {
      task_execution_id: string;
      /** The result is kept, and the run goes on when it has a slot: the limit of runs at once was reached */
      deferred: boolean;
      /** The task will be there to be claimed again */
      will_retry: boolean;
    };
    FlowCloneInfoResponse: {
      has_external_input_tasks: boolean;
      /** Names of the executors */
      external_input_task_names: (string)[];
    };
    FlowCreateRequest: {
      display_name: string;
      /** Markdown */
      description?: string | null;
      /** The flow, in the wire form or the flat form; an object, or a string of YAML or JSON, whose text the version keeps */
      definition: { [name: string]: unknown } | string;
      /** private: its creator and administrators; organization (default); public: as organization, since nothing here is open without sign-in */
      visibility?: "private" | "organization" | "public" | null;
      settings?: components['schemas']["FlowSettings"] | null;
      /** A set: at most 100, each of at most 200 characters */
      tags?: (string)[];
    };
    FlowDefinitionUpdate: {
      /** The flow, in the wire form or the flat form; an object, or a string of YAML or JSON, whose text the version keeps */
      definition: { [name: string]: unknown } | string;
    };
    FlowEvent: {
      /** Of the message; give the last one as last_event_id to hear what changed since */
      id?: string;
      /** flow_execution.created, .updated, .deleted; task_execution.updated; task_output.created, .updated; task_tags.updated; task_status.updated; subscribed (once, at the beginning); resync (changes were lost: read again) */
      type: string;
      flow_id: string;
      flow_execution_id?: string;
      task_name?: string;
      task_execution_idx?: number;
      status?: string;
      /** The changed object's own id, its statuses, and for watchers of summaries its summary */
      data?: { [name: string]: unknown };
      timestamp?: string;
    };
    FlowExecutionBulkError: {
      code: string;
      message: string;
    };
    FlowExecutionBulkRequest: {
      action: "delete" | "cancel" | "execute";
      /** These runs; or give filter */
      flow_execution_ids?: (string)[];
      filter?: components['schemas']["FlowExecutionFilter"];
      /** Of filter: most runs that this call changes, the oldest first */
      limit?: number;
      /** Of filter: next_starting_after of the call before */
      starting_after?: string;
      /** Of filter: changes nothing; matched says how many runs are meant, results which are next */
      dry_run?: boolean;
      /** Of execute: keep good results, run the rest again */
      only_stale?: boolean;
    };
    FlowExecutionBulkResponse: {
      /** In the order of the request; of a filter the oldest run first */
      results: (components['schemas']["FlowExecutionBulkResult"])[];
      /** Of a filter: runs that it matched before this call, those of earlier pages left out */
      matched?: number;
      /** Of a filter: where the next call goes on; null: none is left */
      next_starting_after?: string | null;
    };
    FlowExecutionBulkResult: {
      flow_execution_id: string;
      /** matched: of a dry run */
      status: "done" | "refused" | "matched";
      error: components['schemas']["FlowExecutionBulkError"] | null;
    };
    FlowExecutionCreateRequest: {
      /** The flow to run, in its latest version */
      flow_id: string;
      /** What its input task asks for; kept and given back as it was sent */
      input: { [name: string]: unknown };
      /** What the run is to be found by: scalars and lists of them, over those of input.metadata */
      metadata?: { [name: string]: unknown } | null;
      /** When it must have ended: it fails then (deadline_exceeded), and goes before others as the time comes near */
      deadline?: string | null;
      /** Required where the flow has several input tasks */
      input_task_name?: string | null;
    };
    FlowExecutionFilter: {
      /** The flow whose runs are meant; a deleted one too */
      flow_id: string;
      /** Runs in any of these statuses */
      status?: ("queued" | "running" | "completed" | "failed" | "deleted" | "stale" | "edited" | "awaiting_input" | "cancel_requested" | "cancelled")[] | null;
      /** Runs in none of these statuses */
      status_exclude?: ("queued" | "running" | "completed" | "failed" | "deleted" | "stale" | "edited" | "awaiting_input" | "cancel_requested" | "cancelled")[] | null;
      /** Runs with a task in any of these statuses */
      task_status?: ("queued" | "running" | "completed" | "failed" | "deleted" | "awaiting_input" | "cancel_requested" | "cancelled")[] | null;
      /** Runs with a task that has any of these tags */
      tags?: (string)[] | null;
      /** Runs that have any of the values of each key, in any case */
      metadata?: ({
        key: string;
        values: (string)[];
      })[] | null;
      /** Inclusive */
      created_after?: string | null;
      /** Inclusive */
      created_before?: string | null;
      /** Inclusive */
      updated_after?: string | null;
      /** Inclusive */
      updated_before?: string | null;
    };
    FlowExecutionResponse: {
      id: string;
      /** The time that the id begins with, so that order by id is order of creation */
      created_at: string;
      updated_at: string;
      /** A user id, integration, service-account or system */
      modified_by: string;
      flow_id: string;
      /** Fixed within one run; a re-execution moves to the latest */
      flow_version: number;
      status: "queued" | "running" | "completed" | "failed" | "deleted" | "stale" | "edited" | "awaiting_input" | "cancel_requested" | "cancelled";
      /** As sent */
      input: { [name: string]: unknown };
      organization_id: string;
      pricing_config_id: string | null;
      /** Null when not asked for or nothing was used */
      total_credits: number | null;
      /** Set where the flow has several input tasks */
      triggered_task_executor_name: string | null;
      /** What started the run: a user id, integration, system, schedule */
      triggered_by: string;
      /** Of the present generation */
      started_at: string | null;
      completed_at: string | null;
      /** When it must have ended, where it was started with one */
      deadline?: string;
      /** Why it failed, where no task of it did */
      failure?: "deadline_exceeded";
    };
    FlowExecutionResponseWithRunNumber: {
      id: string;
      /** The time that the id begins with, so that order by id is order of creation */
      created_at: string;
      updated_at: string;
      /** A user id, integration, service-account or system */
      modified_by: string;
      flow_id: string;
      /** Fixed within one run; a re-execution moves to the latest */
      flow_version: number;
      status: "queued" | "running" | "completed" | "failed" | "deleted" | "stale" | "edited" | "awaiting_input" | "cancel_requested" | "cancelled";
      /** As sent */
      input: { [name: string]: unknown };
      organization_id: string;
      pricing_config_id: string | null;
      /** Null when not asked for or nothing was used */
      total_credits: number | null;
      /** Set where the flow has several input tasks */
      triggered_task_executor_name: string | null;
      /** What started the run: a user id, integration, system, schedule */
      triggered_by: string;
      /** Of the present generation */
      started_at: string | null;
      completed_at: string | null;
      /** When it must have ended, where it was started with one */
      deadline?: string;
      /** Why it failed, where no task of it did */
      failure?: "deadline_exceeded";
      /** From 1 within the flow, deleted runs counted; null when not asked for */
      run_number: number | null;
      /** Present with include_task_outputs=true */
      task_outputs?: (components['schemas']["TaskOutputAPI"])[];
    };
    FlowResponse: {
      /** The same for all versions */
      id: string;
      created_at: string;
      updated_at: string;
      modified_by: string;
      display_name: string;
      description: string | null;
      version: number;
      status: "draft" | "published";
      is_latest: boolean;
      organization_id: string;
      definition: { [name: string]: unknown };
      settings: components['schemas']["FlowSettings"] | null;
      /** Runs of all versions */
      flow_executions_count: number;
      /** Runs of the newest version that has any; null unless asked for */
      latest_version_executions_count: number | null;
      /** In the order of execution; null unless asked for, or where there is none */
      task_names: (string)[] | null;
      /** Empty: valid; null unless asked for */
      validation_errors: (components['schemas']["ErrorDetails"])[] | null;
      tags: (string)[];
      deleted: boolean;
      visibility: "private" | "organization" | "public";
      created_by: string;
    };
    FlowSettings: {
      ttl?: components['schemas']["TTLSettings"];
      /** Edits of a run re-run what is stale; so does a new version */
      reexecute_on_update?: boolean;
      review_view_id?: string | null;
    };
    FlowTaskStatusAPI: {
      id: string;
      flow_execution_id: string;
      task_name: string;
      /** What the report was taken as; where it was no news, the present status of the task */
      status: "queued" | "running" | "completed" | "failed" | "deleted" | "awaiting_input" | "cancel_requested" | "cancelled";
      /** As sent */
      raw_status: string | null;
      created_at: string | null;
      organization_id: string;
    };
    FlowTaskTagAPI: {
      id: string;
      flow_execution_id: string;
      task_name: string;
      /** Free text; case-sensitive */
      tag: string;
      /** What kind of tag; free text, case-sensitive */
      tag_type: string;
      /** As it was given */
      tag_metadata: unknown;
      /** active */
      status: string | null;
      created_at: string | null;
      updated_at: string | null;
      modified_by: string | null;
      organization_id: string;
    };
    FlowValidationResponse: {
      /** Empty: valid */
      validation_errors: (components['schemas']["ErrorDetails"])[];
      /** In the order of execution; null where there is none */
      ordered_task_names: (string)[] | null;
      /** By task; null unless asked for */
      dynamic_data: { [name: string]: unknown } | null;
      /** By task; null unless asked for */
      output_schemas: { [name: string]: unknown } | null;
      /** By task; null unless asked for */
      default_reference_modes: { [name: string]: unknown } | null;
    };
    FlowVersionSummary: {
      version: number;
      created_at: string;
      updated_at: string;
      modified_by: string;
      is_latest: boolean;
      name: string | null;
      is_favourite: boolean;
    };
    GeneratePresignedUrlForDownload: {
      /** As upload-url gave it */
      file_key: string;
    };
    GoTrueError: {
      /** The HTTP status */
      code: number;
      error_code: string;
      msg: string;
      error: string;
      error_description: string;
    };
    GoTrueSession: {
      /** JWT for Authorization: Bearer */
      access_token: string;
      token_type: string;
      /** Seconds */
      expires_in: number;
      /** Seconds since 1970 */
      expires_at: number;
      /** For one use */
      refresh_token: string;
      user: components['schemas']["GoTrueUser"];
    };
    GoTrueUser: {
      id: string;
      aud: string;
      role: string;
      email: string;
      phone: string;
      email_confirmed_at: string | null;
      confirmed_at: string | null;
      /** org_id and role of the platform */
      app_metadata: { [name: string]: unknown };
      user_metadata: { [name: string]: unknown };
      identities: (unknown)[];
      is_anonymous: boolean;
      created_at: string;
      updated_at: string;
    };
    HTTPValidationError: {
      error: components['schemas']["ErrorDetail"];
      request_id: string | null;
      detail: (components['schemas']["ErrorDetails"])[];
    };
    Health: {
      status: string;
    };
    HealthVerdict: {
      /** failing: nothing moves. degraded: somebody should look */
      verdict: "healthy" | "degraded" | "failing";
      flowing: {
        ok: boolean;
        /** Tasks that no worker has yet */
        ready: number;
        workers_alive: number;
        seconds_since_claim: number | null;
      };
      succeeding: {
        ok: boolean;
        /** How far back a run may have begun */
        window_seconds: number;
        completed: number;
        failed: number;
        failed_share: number;
      };
      oldest_waiting: {
        ok: boolean;
        /** Of the task that has been ready for longest */
        ready_seconds: number;
        /** Of the run that waits for a slot for longest */
        queued_seconds: number;
      };
      /** Who should be heard and is not */
      silent: ({
        what: "worker" | "timers" | "listener" | "database";
        /** For how long */
        seconds: number;
        /** What it means, for people */
        says: string;
      })[];
      /** At most a few seconds ago */
      read_at: string;
    };
    HubTagFilter: {
      mode: "contains_any" | "not_contains_any";
      values: (string)[];
    };
    HubTagFilterUpdate: {
      mode?: "contains_any" | "not_contains_any";
      values?: (string)[];
    };
    LandingPageConfig: {
      landing_page_config: "hub" | "assigned_flow_data_tab" | "assigned_flow_work_tab";
      landing_page_flow_id: string | null;
    };
    ListTaskExecutionsResponse: {
      task_executions: (components['schemas']["TaskExecutionWithTagsAPI"])[];
    };
    MetadataKeyResponse: {
      key: string;
      /** Runs that have it */
      count: number;
    };
    MetadataValueResponse: {
      value: string;
      /** Runs that have it */
      count: number;
    };
    ModelInfo: {
      model_name: string;
      regions: ("eu" | "global")[];
      locations: (string)[];
      providers: (string)[];
      endpoint_count: number;
      supports_bounding_boxes: boolean;
      supports_confidence_scores: boolean;
    };
    ModelsResponse: {
      models: (components['schemas']["ModelInfo"])[];
      count: number;
    };
    PaginatedFlowResponse: {
      flows: (components['schemas']["FlowResponse"])[];
      total: number;
      page: number;
      page_size: number;
    };
    PaginatedFlowVersionSummaryResponse: {
      versions: (components['schemas']["FlowVersionSummary"])[];
      total: number;
      page: number;
      page_size: number;
    };
    PatchFlowRequest: {
      display_name?: string | null;
      /** An empty string clears it */
      description?: string | null;
      /** private: its creator and administrators; organization (default); public: as organization, since nothing here is open without sign-in */
      visibility?: "private" | "organization" | "public" | null;
      settings?: components['schemas']["FlowSettings"] | null;
      /** draft or published */
      status?: string | null;
      /** Replaces all tags */
      tags?: (string)[] | null;
    };
    PatchFlowTaskTagsRequest: {
      /** Done in this order, all or none */
      tags: (components['schemas']["PatchFlowTaskTagsRequestItem"])[];
    };
    PatchFlowTaskTagsRequestItem: {
      operation: "add" | "remove";
      flow_execution_id: string;
      task_name: string;
      /** Free text; case-sensitive */
      tag: string;
      /** What kind of tag; free text, case-sensitive */
      tag_type: string;
      /** Part of what a tag is. remove: left out, whatever the metadata; given (null too), exactly that */
      tag_metadata?: unknown;
    };
    PatchFlowTaskTagsResponse: {
      /** One for each operation, in its order */
      tags: (components['schemas']["PatchFlowTaskTagsResponseItem"])[];
    };
    PatchFlowTaskTagsResponseItem: {
      status: "added" | "removed" | "already_exists" | "not_found";
    };
    PutFlowRequest: {
      display_name?: string | null;
      /** An empty string clears it */
      description?: string | null;
      /** private: its creator and administrators; organization (default); public: as organization, since nothing here is open without sign-in */
      visibility?: "private" | "organization" | "public" | null;
      settings?: components['schemas']["FlowSettings"] | null;
      /** draft or published */
      status?: string | null;
      /** Replaces all tags */
      tags?: (string)[] | null;
      definition?: { [name: string]: unknown } | string | null;
    };
    QueueControlRequest: {
      kind: "organization" | "flow" | "executor" | "model";
      /** A flow's id, an executor's or a model's name; empty for the organization */
      name?: string;
      /** true pauses, false resumes */
      paused?: boolean;
      /** Tasks at once; null lifts the limit */
      max_concurrent?: number | null;
      /** Of a pause, for people */
      reason?: string;
      /** With paused: also cancels the runs with a task under way, at most 1000 */
      cancel_running?: boolean;
    };
    QueueResponse: {
      kind: "organization" | "flow" | "executor" | "model";
      /** A flow's id, an executor's or a model's name; empty for the organization */
      name: string;
      /** Of an organization and a flow its name */
      title: string | null;
      /** Depth: due tasks that no worker has taken, exact up to 10000; null for a model */
      ready: number | null;
      /** Since when the oldest of them is due */
      oldest_ready_at: string | null;
      /** Its age */
      oldest_age_seconds: number | null;
      /** Tasks that workers hold; null for a model */
      running: number | null;
      /** Runs that wait for a slot, exact up to 10000; null for executors and models */
      queued_runs: number | null;
      /** Tasks that lie still under this pause, exact up to 10000; of the organization under any */
      paused_tasks: number;
      /** Nothing new of it is taken up; what runs goes on */
      paused: boolean;
      paused_at: string | null;
      /** User id, `integration` or `operator` */
      paused_by: string | null;
      /** Of the pause */
      reason: string | null;
      /** Where one queue was asked for, and it is paused: tasks that were begun before and still run; 0: it is drained */
      draining: number | null;
      /** Of a change: every process that works obeys it; false: one is stuck, or of an older version */
      heard?: boolean;
      /** Tasks at once; of the organization runs at once; null: no limit */
      max_concurrent: number | null;
      /** Who last paused, resumed or limited it */
      modified_by: string | null;
      updated_at: string | null;
    };
    ResolveUriRequest: {
      /** gs://{bucket}/flows/{flow_id}/documents/{id} */
      uri: string;
    };
    ResolveUriResponse: {
      /** Needs no credentials */
      download_url: string;
      expires_at: string;
      expires_in_seconds: number;
    };
    SecretPutRequest: {
      /** At most 65536 bytes of UTF-8. No answer and no error ever repeats it. */
      value: string;
    };
    SecretResponse: {
      /** Flows refer to it as {{secrets.NAME}} */
      name: string;
      /** User id, `integration` or `system` */
      modified_by: string;
      created_at: string;
      /** When its value was last set */
      updated_at: string;
    };
    ServiceAccountCreateRequest: {
      /** For people; trimmed */
      name: string;
      /** For people */
      description?: string | null;
      /** What its keys may do; default integration */
      role?: string | null;
    };
    ServiceAccountCreateResponse: {
      id: string;
      created_at: string;
      updated_at: string;
      /** User id, `integration` or `system` */
      modified_by: string;
      organization_id: string | null;
      /** Need not be unique */
      name: string;
      description: string | null;
      /** `active` or `inactive` */
      status: string;
      /** `integration`, or `org_admin` where an administrator asked for it */
      role: string;
      /** The first key, complete. It is shown this once. */
      token: string;
      token_prefix: string;
      api_key_id: string;
    };
    ServiceAccountResponse: {
      id: string;
      created_at: string;
      updated_at: string;
      /** User id, `integration` or `system` */
      modified_by: string;
      organization_id: string | null;
      /** Need not be unique */
      name: string;
      description: string | null;
      /** `active` or `inactive` */
      status: string;
      /** `integration`, or `org_admin` where an administrator asked for it */
      role: string;
      /** Beginning of the newest live key */
      token_prefix: string | null;
    };
    ServiceAccountUpdateRequest: {
      /** null: unchanged */
      name?: string | null;
      /** For people */
      description?: string | null;
    };
    SetUpRequest: {
      /** From the set-up link that the first start prints */
      token: string;
      email: string;
      password: string;
      organization_name?: string | null;
    };
    SetUpResponse: {
      organization_id: string;
      user_id: string;
    };
    StaleReason: {
      /** The task whose result changed */
      task_name: string;
      task_execution_idx: number;
      /** upstream_edited: a person changed it; upstream_reported: whoever ran it reported another result */
      kind: string;
      at: string;
    };
    TTLSettings: {
      /** Runs are hidden so long after their end, and deleted for good 7 days later */
      seconds?: number | null;
      /** false turns it off and keeps the seconds */
      enabled?: boolean;
    };
    TaskDynamicDataRequest: {
      /** In the flat or the wire form */
      flow_definition: { [name: string]: unknown };
    };
    TaskDynamicDataResponse: {
      /** What each task gives, by its name */
      output_schemas: { [name: string]: unknown };
      /** What each input task asks for, by its name; empty unless asked for */
      input_schemas: { [name: string]: unknown };
      /** Choices that come from outside, by task and parameter */
      dynamic_data: { [name: string]: unknown };
      /** For people, each with its place; empty: valid */
      validation_errors: (string)[];
    };
    TaskExecutionAPI: {
      id: string;
      flow_execution_id: string;
      /** The item of a fan-out, from 0; attempts are counted in attempt */
      task_execution_idx: number;
      /** Of a nested fan-out: the index at each level */
      item_path?: (number)[];
      task_name: string;
      /** When the task became ready */
      created_at: string | null;
      updated_at: string | null;
      modified_by: string;
      processing_status: "queued" | "running" | "completed" | "failed" | "deleted" | "awaiting_input" | "cancel_requested" | "cancelled";
      edited_status: "not_edited" | "edited_not_reexecuted" | "edited_reexecuted";
      stale_status: "consistent" | "stale";
      stale_reason: components['schemas']["StaleReason"] | null;
      /** The single status of older clients */
      status: "queued" | "running" | "in_progress" | "completed" | "failed" | "deleted" | "stale" | "skipped";
      /** True where the run took another way and the task did not run */
      skipped?: boolean;
      /** Of a queued one that waits for a time: when it is due */
      scheduled_for?: string;
      /** Of a queued one that a pause keeps from running: what is paused */
      paused_by?: "platform" | "organization" | "flow" | "executor" | "model";
      /** How often a worker took it up */
      attempt: number;
      /** The resolved parameters of the last attempt */
      input: unknown;
      /** Of a completed one */
      output: unknown;
      /** Of one that waits for input: what was entered so far */
      draft?: unknown;
      /** Of a failed one */
      error: { [name: string]: unknown } | null;
      organization_id: string;
      /** Of one that passes data on: root made them; fields says it by field of the output */
      source_task_executions: unknown;
      started_at: string | null;
      completed_at: string | null;
      /** Null when not asked for or nothing was used */
      credits: number | null;
    };
    TaskExecutionError: {
      message: string;
      retryable?: boolean | null;
    };
    TaskExecutionHistoryResponse: {
      history: (components['schemas']["TaskExecutionRevision"])[];
    };
    TaskExecutionRevision: {
      /** Of this entry */
      id: string;
      task_execution_id: string;
      flow_execution_id: string;
      task_name: string;
      task_execution_idx: number;
      /** Why it was replaced */
      reason: "edited" | "re_executed";
      replaced_at: string;
      /** A user id, integration, service-account or system */
      replaced_by: string;
      attempt: number;
      processing_status: "queued" | "running" | "completed" | "failed" | "deleted" | "awaiting_input" | "cancel_requested" | "cancelled";
      edited_status: "not_edited" | "edited_not_reexecuted" | "edited_reexecuted";
      stale_status: "consistent" | "stale";
      skipped?: boolean;
      input: unknown;
      /** What it had given before */
      output: unknown;
      error: { [name: string]: unknown } | null;
      /** Who had given it */
      modified_by: string;
      started_at: string | null;
      completed_at: string | null;
    };
    TaskExecutionWithTagsAPI: {
      id: string;
      flow_execution_id: string;
      /** The item of a fan-out, from 0; attempts are counted in attempt */
      task_execution_idx: number;
      /** Of a nested fan-out: the index at each level */
      item_path?: (number)[];
      task_name: string;
      /** When the task became ready */
      created_at: string | null;
      updated_at: string | null;
      modified_by: string;
      processing_status: "queued" | "running" | "completed" | "failed" | "deleted" | "awaiting_input" | "cancel_requested" | "cancelled";
      edited_status: "not_edited" | "edited_not_reexecuted" | "edited_reexecuted";
      stale_status: "consistent" | "stale";
      stale_reason: components['schemas']["StaleReason"] | null;
      /** The single status of older clients */
      status: "queued" | "running" | "in_progress" | "completed" | "failed" | "deleted" | "stale" | "skipped";
      /** True where the run took another way and the task did not run */
      skipped?: boolean;
      /** Of a queued one that waits for a time: when it is due */
      scheduled_for?: string;
      /** Of a queued one that a pause keeps from running: what is paused */
      paused_by?: "platform" | "organization" | "flow" | "executor" | "model";
      /** How often a worker took it up */
      attempt: number;
      /** The resolved parameters of the last attempt */
      input: unknown;
      /** Of a completed one */
      output: unknown;
      /** Of one that waits for input: what was entered so far */
      draft?: unknown;
      /** Of a failed one */
      error: { [name: string]: unknown } | null;
      organization_id: string;
      /** Of one that passes data on: root made them; fields says it by field of the output */
      source_task_executions: unknown;
      started_at: string | null;
      completed_at: string | null;
      /** Null when not asked for or nothing was used */
      credits: number | null;
      /** Active tags of the task, on each of its items */
      tags: (components['schemas']["FlowTaskTagAPI"])[] | null;
    };
    TaskExecutorResponse: {
      /** Unique, snake_case, never renamed */
      task_executor_name: string;
      /** For people */
      task_executor_title: string;
      task_executor_description: string;
      /** For a program that writes flows */
      task_executor_agent_prompt: string;
      /** JSON Schema 2020-12 of the task parameters */
      parameters_schema: { [name: string]: unknown };
      /** Schema of the input of a run; null unless it is an input executor */
      flow_input_schema: { [name: string]: unknown } | null;
      is_input_task_executor: boolean;
      is_schedulable_executor: boolean;
    };
    TaskLogLine: {
      /** Rises with time */
      id: string;
      flow_execution_id: string;
      task_execution_id: string;
      /** Which run of the execution: 0, then one more with each re-execution */
      generation: number;
      /** Which attempt said it */
      attempt: number;
      level: "debug" | "info" | "warn" | "error";
      message: string;
      /** What belongs to the message, as the executor gave it; at most 16 kB */
      fields: { [name: string]: unknown } | null;
      created_at: string;
    };
    TaskOutput: {
      /** Default: a new one. The same id with the same content answers the same record */
      id?: string;
      /** The run that this output belongs to */
      flow_execution_id: string;
      /** The caller's organization */
      organization_id: string;
      /** As the definition names the task; case-sensitive; 1 to 200 characters */
      task_name: string;
      /** For people: any JSON value, given back as it was sent */
      summary: unknown;
      /** The whole result: any JSON value */
      output?: unknown;
      /** A list of strings, or an object */
      tags?: unknown;
      /** A text, or an object with message */
      error?: unknown;
      /** The founding single status; a newer field beside it wins */
      status?: "queued" | "running" | "in_progress" | "completed" | "failed" | "deleted" | "stale" | "edited" | "awaiting_input" | "cancel_requested" | "cancelled";
      /** Default: what status says */
      processing_status?: "queued" | "running" | "completed" | "failed" | "deleted" | "awaiting_input" | "cancel_requested" | "cancelled";
      /** Default: what status says */
      edited_status?: "not_edited" | "edited";
      /** Default: what status says */
      stale_status?: "consistent" | "stale";
      /** An API key may say system, integration or service-account; a user is recorded as itself */
      modified_by?: string;
      /** Honoured unless it lies in the future */
      created_at?: string;
      /** Read and ignored */
      updated_at?: string;
    };
    TaskOutputAPI: {
      id: string;
      flow_execution_id: string;
      task_name: string;
      summary: unknown;
      /** The value; of a fan-out the list by item, null where an item has none */
      output: unknown;
      tags: unknown;
      /** The founding single status, made of the three below */
      status: "queued" | "running" | "in_progress" | "completed" | "failed" | "deleted" | "stale";
      processing_status: "queued" | "running" | "completed" | "failed" | "deleted" | "awaiting_input" | "cancel_requested" | "cancelled";
      edited_status: "not_edited" | "edited";
      stale_status: "consistent" | "stale";
      error: components['schemas']["TaskExecutionError"] | null;
      created_at: string | null;
      /** Equal to created_at: never changed since */
      updated_at: string | null;
      /** A user id, integration, service-account or system */
      modified_by: string;
      flow_version: number | null;
      organization_id: string;
      /** True where the run took another way and the task did not run */
      skipped?: boolean;
    };
    TaskSummaryResponse: {
      id: string;
      created_at: string;
      updated_at: string;
      modified_by: string;
      flow_execution_id: string;
      task_name: string;
      summary: unknown;
      processing_status: "queued" | "running" | "completed" | "failed" | "deleted" | "awaiting_input" | "cancel_requested" | "cancelled";
      edited_status: "not_edited" | "edited";
      stale_status: "consistent" | "stale";
      /** Structured tags as key:value */
      tags: (string)[] | null;
      flow_version: number | null;
      /** The founding single status, or skipped */
      status: "queued" | "running" | "in_progress" | "completed" | "failed" | "deleted" | "stale" | "skipped";
      skipped?: boolean;
    };
    TicketResponse: {
      /** For ?ticket= of a socket or a stream of events; shown once */
      ticket: string;
      expires_in_seconds: number;
    };
    TokenRequest: {
      email?: string;
      password?: string;
      refresh_token?: string;
    };
    UpdateFlowVersionMetadata: {
      /** At most 255 characters; an empty string clears it */
      name?: string | null;
      is_favourite?: boolean | null;
    };
    UpdateTaskExecutionRequest: {
      id: string;
      flow_execution_id: string;
      task_execution_idx: number;
      task_name: string;
      created_at?: string | null;
      /** As it was read: an edit of an older state is refused */
      updated_at?: string | null;
      modified_by?: string;
      processing_status: "queued" | "running" | "completed" | "failed" | "deleted" | "awaiting_input" | "cancel_requested" | "cancelled";
      edited_status: "not_edited" | "edited_not_reexecuted" | "edited_reexecuted";
      stale_status: "consistent" | "stale";
      input?: unknown;
      /** Absent: as it is */
      output?: unknown;
      error?: unknown;
      organization_id: string;
      source_task_executions?: unknown;
      started_at?: string | null;
      completed_at?: string | null;
      credits?: number | null;
    };
    User: {
      id: string;
      created_at: string;
      updated_at: string;
      modified_by: string;
      first_name: string;
      last_name: string;
      email: string;
      role: "org_admin" | "backoffice" | "app_user" | "worker" | "publisher" | "integration";
      status: "pending" | "active" | "inactive";
      organization_id: string;
      user_auth_id: string | null;
      /** As stored: what was never chosen is absent */
      settings: { [name: string]: unknown } | null;
      deleted: boolean;
    };
    UserProfileResponse: {
      id: string;
      created_at: string;
      updated_at: string;
      modified_by: string;
      first_name: string;
      last_name: string;
      email: string;
      role: string;
      status: string;
      organization_id: string;
      organization_name: string;
      organization_tier: string;
      organization_payment_method: string;
      landing_page: components['schemas']["LandingPageConfig"];
      settings: components['schemas']["UserSettings"];
    };
    UserSettings: {
      templates_collapsed: boolean;
      hub_view: "cards" | "list";
      sidebar_open: boolean;
      hub_sort: "created_at_desc" | "created_at_asc" | "updated_at_desc" | "updated_at_asc" | "display_name_asc" | "display_name_desc";
      hub_tag_filters: (components['schemas']["HubTagFilter"])[];
      runs_per_page: number;
      /** By flow id: a view id, or `runs` */
      default_flow_views: { [name: string]: string };
    };
    UserSettingsUpdateRequest: {
      templates_collapsed?: boolean | null;
      hub_view?: "cards" | "list" | null;
      sidebar_open?: boolean | null;
      hub_sort?: "created_at_desc" | "created_at_asc" | "updated_at_desc" | "updated_at_asc" | "display_name_asc" | "display_name_desc" | null;
      /** Replaces all */
      hub_tag_filters?: (components['schemas']["HubTagFilterUpdate"])[] | null;
      runs_per_page?: number | null;
      /** By flow id: a view id, or runs; null takes it away; flows that are not named keep theirs */
      default_flow_views?: { [name: string]: string | "runs" | null } | null;
    };
    UserUpdateRequest: {
      /** null: unchanged */
      first_name?: string | null;
      /** null: unchanged */
      last_name?: string | null;
      /** Ignored */
      password?: string | null;
      settings?: components['schemas']["UserSettingsUpdateRequest"] | null;
    };
    WebhookDelivery: {
      id: string;
      /** The webhook-id: the same for every try */
      message_id: string;
      flow_execution_id: string;
      task_execution_id: string;
      task_name: string;
      url: string;
      try: number;
      status: "delivered" | "failed";
      /** null where no answer came */
      response_status: number | null;
      /** Beginning of the answer */
      response_excerpt: string | null;
      error: string | null;
      duration_ms: number;
      /** Somebody asked for it */
      redelivery: boolean;
      /** User id, `integration` or `system` */
      triggered_by: string;
      created_at: string;
    };
    WebhookDeliveryWithPayload: {
      id: string;
      /** The webhook-id: the same for every try */
      message_id: string;
      flow_execution_id: string;
      task_execution_id: string;
      task_name: string;
      url: string;
      try: number;
      status: "delivered" | "failed";
      /** null where no answer came */
      response_status: number | null;
      /** Beginning of the answer */
      response_excerpt: string | null;
      error: string | null;
      duration_ms: number;
      /** Somebody asked for it */
      redelivery: boolean;
      /** User id, `integration` or `system` */
      triggered_by: string;
      created_at: string;
      /** What was sent: type, timestamp, data */
      payload: unknown;
    };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}

export interface operations {
  /** The key for the header apikey of /auth/v1 */
  get_anon_key: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["AnonKeyResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Sign in, or renew a session (GoTrue) */
  create_token: {
    parameters: {
      query: {
        /** `password` or `refresh_token` */
        grant_type: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: { content: { "application/json": components['schemas']["TokenRequest"] } };
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["GoTrueSession"] } };
      400: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["GoTrueError"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["GoTrueError"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["GoTrueError"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["GoTrueError"] } };
      429: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["GoTrueError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["GoTrueError"] } };
    };
  };
  /** Sign out (GoTrue) */
  sign_out: {
    parameters: {
      query?: {
        /** Which of the user's sessions end */
        scope?: "global" | "local" | "others";
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      204: { headers: { [name: string]: unknown }; content?: never };
      400: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["GoTrueError"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["GoTrueError"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["GoTrueError"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["GoTrueError"] } };
      429: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["GoTrueError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["GoTrueError"] } };
    };
  };
  /** The signed-in user (GoTrue) */
  get_signed_in_user: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["GoTrueUser"] } };
      400: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["GoTrueError"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["GoTrueError"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["GoTrueError"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["GoTrueError"] } };
      429: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["GoTrueError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["GoTrueError"] } };
    };
  };
  /** Make the first administrator */
  set_up: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: { content: { "application/json": components['schemas']["SetUpRequest"] } };
    responses: {
      201: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["SetUpResponse"] } };
      400: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      429: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Claim tasks for a worker outside */
  claim_external_tasks: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: { content: { "application/json": components['schemas']["ExternalTaskClaimRequest"] } };
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ExternalTaskClaim"] } };
      400: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Say that a worker is still at it */
  extend_external_task: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        task_execution_id: string;
      };
      cookie?: never;
    };
    requestBody: { content: { "application/json": components['schemas']["ExternalTaskHeartbeat"] } };
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ExternalTaskLease"] } };
      400: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      409: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Report the output of a task */
  complete_external_task: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        task_execution_id: string;
      };
      cookie?: never;
    };
    requestBody: { content: { "application/json": components['schemas']["ExternalTaskCompletion"] } };
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ExternalTaskReceipt"] } };
      400: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      409: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      413: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Report that a task could not be done */
  fail_external_task: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        task_execution_id: string;
      };
      cookie?: never;
    };
    requestBody: { content: { "application/json": components['schemas']["ExternalTaskFailure"] } };
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ExternalTaskReceipt"] } };
      400: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      409: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Resolve a storage URI to a download URL */
  resolve_uri: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: { content: { "application/json": components['schemas']["ResolveUriRequest"] } };
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ResolveUriResponse"] } };
      400: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Download a file by its storage URI */
  download_file: {
    parameters: {
      query: {
        /** gs://{bucket}/flows/{flow_id}/documents/{id}, as a task output has it */
        uri: string;
        /** false: JSON with the URL instead of a redirect */
        redirect?: boolean;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ResolveUriResponse"] } };
      302: { headers: { [name: string]: unknown }; content?: never };
      400: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Start a run of a flow */
  create_flow_execution: {
    parameters: {
      query?: never;
      header?: {
        /** Of your own making, one for each thing that you want done: sent again within 24 hours with the same body, it gives the first answer again (Idempotency-Replayed: true) and does nothing twice; with another body it is 409. */
        "Idempotency-Key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: { content: { "application/json": components['schemas']["FlowExecutionCreateRequest"] } };
    responses: {
      201: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["FlowExecutionResponse"] } };
      400: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      402: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      409: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Runs of a flow, filtered and paged */
  list_flow_executions: {
    parameters: {
      query: {
        /** The flow whose runs are listed; a deleted one still is */
        flow_id: string;
        /** Default: created_at */
        sort_field?: string | null;
        /** Default: desc */
        sort_direction?: string | null;
        /** Runs in any of these statuses */
        status?: (string)[] | null;
        /** Runs in none of these statuses */
        status_exclude?: (string)[] | null;
        /** Runs with a task that has any of these tags; key:value for structured ones */
        tags?: (string)[] | null;
        /** Runs with a task in any of these statuses */
        task_status?: (string)[] | null;
        /** JSON: [{key, values}], a run that has any of the values of each key, in any case */
        metadata?: string | null;
        include_run_number?: boolean;
        /** Page number, from 1 */
        page?: number;
        /** Items a page */
        page_size?: number;
        /** Runs after this one in the order; pages count from there */
        start_from_execution_id?: string | null;
        /** Inclusive */
        created_after?: string | null;
        /** Inclusive */
        created_before?: string | null;
        /** Inclusive */
        updated_after?: string | null;
        /** Inclusive */
        updated_before?: string | null;
        include_credits?: boolean;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": (components['schemas']["FlowExecutionResponseWithRunNumber"])[] } };
      400: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** One run */
  get_flow_execution: {
    parameters: {
      query?: {
        include_run_number?: boolean;
        include_credits?: boolean;
        /** The newest 1000 outputs of the run, beside it */
        include_task_outputs?: boolean;
      };
      header?: never;
      path: {
        flow_execution_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["FlowExecutionResponseWithRunNumber"] } };
      400: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Hide a run for good */
  delete_flow_execution: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        flow_execution_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      204: { headers: { [name: string]: unknown }; content?: never };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Ask a run to stop */
  cancel_flow_execution: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        flow_execution_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      204: { headers: { [name: string]: unknown }; content?: never };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      409: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Run it again, whole or only what is stale */
  execute_flow: {
    parameters: {
      query?: {
        /** Keep good results, run the rest again */
        only_stale?: boolean;
      };
      header?: never;
      path: {
        flow_execution_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      204: { headers: { [name: string]: unknown }; content?: never };
      400: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      402: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      409: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Delete, cancel or run again several runs */
  change_flow_executions: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: { content: { "application/json": components['schemas']["FlowExecutionBulkRequest"] } };
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["FlowExecutionBulkResponse"] } };
      400: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Change the status of a run */
  patch_flow_execution_status: {
    parameters: {
      query: {
        /** May stand as {status} in a JSON body instead */
        status: "queued" | "running" | "completed" | "failed" | "deleted" | "stale" | "edited" | "awaiting_input" | "cancel_requested" | "cancelled";
      };
      header?: never;
      path: {
        flow_execution_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["FlowExecutionResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      409: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Report statuses of tasks */
  add_flow_task_statuses: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        flow_execution_id: string;
      };
      cookie?: never;
    };
    requestBody: { content: { "application/json": components['schemas']["AddTaskStatusRequest"] } };
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": (components['schemas']["FlowTaskStatusAPI"])[] } };
      400: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Flows, newest first */
  list_flows: {
    parameters: {
      query?: {
        /** Part of the display name, in any case */
        search?: string | null;
        /** Default: created_at */
        sort_field?: string | null;
        /** Default: desc; asc for display_name */
        sort_direction?: string | null;
        /** Page number, from 1 */
        page?: number;
        /** Items a page */
        page_size?: number;
        /** JSON: [{mode: contains_any | not_contains_any, values}], joined by AND */
        tag_filters?: string | null;
        /** Only flows without tasks that nobody has touched for 30 days */
        is_cleanable?: boolean;
        /** Only flows of this creator */
        created_by_id?: string | null;
        /** Only flows of this organization; another than your own has none for you */
        organization_id?: string | null;
        /** Adds latest_version_executions_count */
        include_latest_version_executions_count?: boolean;
        /** Adds task_names: the tasks in the order of execution */
        include_ordered_task_names?: boolean;
        /** Adds validation_errors; an empty list means valid */
        include_validation_errors?: boolean;
        /** Adds dynamic_data to each task of the definition: choices for its parameters */
        include_dynamic_data?: boolean;
        /** Adds output_schema to each task of the definition */
        include_output_schemas?: boolean;
        /** Adds input_schema to each input task of the definition */
        include_input_schema?: boolean;
        /** Adds default_reference_modes to each task of the definition */
        include_default_reference_modes?: boolean;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["PaginatedFlowResponse"] } };
      400: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Create a flow, as version 1 */
  create_flow: {
    parameters: {
      query?: {
        /** Adds task_names: the tasks in the order of execution */
        include_ordered_task_names?: boolean;
        /** Adds validation_errors; an empty list means valid */
        include_validation_errors?: boolean;
        /** Adds dynamic_data to each task of the definition: choices for its parameters */
        include_dynamic_data?: boolean;
        /** Adds output_schema to each task of the definition */
        include_output_schemas?: boolean;
        /** Adds input_schema to each input task of the definition */
        include_input_schema?: boolean;
        /** Adds default_reference_modes to each task of the definition */
        include_default_reference_modes?: boolean;
      };
      header?: {
        /** Of your own making, one for each thing that you want done: sent again within 24 hours with the same body, it gives the first answer again (Idempotency-Replayed: true) and does nothing twice; with another body it is 409. */
        "Idempotency-Key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: { content: { "application/json": components['schemas']["FlowCreateRequest"]; "application/yaml": string; "application/x-yaml": string; "text/yaml": string; "text/x-yaml": string } };
    responses: {
      201: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["FlowResponse"] } };
      400: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      409: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      413: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      415: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Tags that flows bear */
  get_flow_available_tags: {
    parameters: {
      query?: {
        /** Part of the tag, in any case */
        search?: string | null;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": (string)[] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Generate a file download URL */
  generate_download_url: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: { content: { "application/json": components['schemas']["GeneratePresignedUrlForDownload"] } };
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": {
        /** Needs no credentials */
        download_url: string;
        /** The same */
        url: string;
        file_key: string;
        expires_at: string;
        expires_in_seconds: number;
      } } };
      400: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** One flow, at its latest version */
  get_flow: {
    parameters: {
      query?: {
        /** Adds task_names: the tasks in the order of execution */
        include_ordered_task_names?: boolean;
        /** Adds validation_errors; an empty list means valid */
        include_validation_errors?: boolean;
        /** Adds dynamic_data to each task of the definition: choices for its parameters */
        include_dynamic_data?: boolean;
        /** Adds output_schema to each task of the definition */
        include_output_schemas?: boolean;
        /** Adds input_schema to each input task of the definition */
        include_input_schema?: boolean;
        /** Adds default_reference_modes to each task of the definition */
        include_default_reference_modes?: boolean;
      };
      header?: never;
      path: {
        flow_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["FlowResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Change some of a flow */
  patch_flow: {
    parameters: {
      query?: {
        /** Adds task_names: the tasks in the order of execution */
        include_ordered_task_names?: boolean;
        /** Adds validation_errors; an empty list means valid */
        include_validation_errors?: boolean;
        /** Adds dynamic_data to each task of the definition: choices for its parameters */
        include_dynamic_data?: boolean;
        /** Adds output_schema to each task of the definition */
        include_output_schemas?: boolean;
        /** Adds input_schema to each input task of the definition */
        include_input_schema?: boolean;
        /** Adds default_reference_modes to each task of the definition */
        include_default_reference_modes?: boolean;
      };
      header?: never;
      path: {
        flow_id: string;
      };
      cookie?: never;
    };
    requestBody: { content: { "application/json": components['schemas']["PatchFlowRequest"] } };
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["FlowResponse"] } };
      400: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      409: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Update a flow and its definition */
  put_flow: {
    parameters: {
      query?: {
        /** Adds task_names: the tasks in the order of execution */
        include_ordered_task_names?: boolean;
        /** Adds validation_errors; an empty list means valid */
        include_validation_errors?: boolean;
        /** Adds dynamic_data to each task of the definition: choices for its parameters */
        include_dynamic_data?: boolean;
        /** Adds output_schema to each task of the definition */
        include_output_schemas?: boolean;
        /** Adds input_schema to each input task of the definition */
        include_input_schema?: boolean;
        /** Adds default_reference_modes to each task of the definition */
        include_default_reference_modes?: boolean;
      };
      header?: never;
      path: {
        flow_id: string;
      };
      cookie?: never;
    };
    requestBody: { content: { "application/json": components['schemas']["PutFlowRequest"]; "application/yaml": string; "application/x-yaml": string; "text/yaml": string; "text/x-yaml": string } };
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["FlowResponse"] } };
      400: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      409: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      413: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      415: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Delete a flow with all its versions */
  delete_flow: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        flow_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      204: { headers: { [name: string]: unknown }; content?: never };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** What a copy of the flow would have to be connected to */
  get_flow_clone_info: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        flow_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["FlowCloneInfoResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Update the definition of a flow */
  update_flow_definition: {
    parameters: {
      query?: {
        /** 409 unless this is the latest version: for editors open twice */
        expected_version?: number;
        /** Adds task_names: the tasks in the order of execution */
        include_ordered_task_names?: boolean;
        /** Adds validation_errors; an empty list means valid */
        include_validation_errors?: boolean;
        /** Adds dynamic_data to each task of the definition: choices for its parameters */
        include_dynamic_data?: boolean;
        /** Adds output_schema to each task of the definition */
        include_output_schemas?: boolean;
        /** Adds input_schema to each input task of the definition */
        include_input_schema?: boolean;
        /** Adds default_reference_modes to each task of the definition */
        include_default_reference_modes?: boolean;
      };
      header?: never;
      path: {
        flow_id: string;
      };
      cookie?: never;
    };
    requestBody: { content: { "application/json": components['schemas']["FlowDefinitionUpdate"]; "application/yaml": string; "application/x-yaml": string; "text/yaml": string; "text/x-yaml": string } };
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["FlowResponse"] } };
      400: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      409: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      413: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      415: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Replace or add one task of a flow */
  update_flow_task: {
    parameters: {
      query?: {
        /** Adds task_names: the tasks in the order of execution */
        include_ordered_task_names?: boolean;
        /** Adds validation_errors; an empty list means valid */
        include_validation_errors?: boolean;
        /** Adds dynamic_data to each task of the definition: choices for its parameters */
        include_dynamic_data?: boolean;
        /** Adds output_schema to each task of the definition */
        include_output_schemas?: boolean;
        /** Adds input_schema to each input task of the definition */
        include_input_schema?: boolean;
        /** Adds default_reference_modes to each task of the definition */
        include_default_reference_modes?: boolean;
      };
      header?: never;
      path: {
        flow_id: string;
      };
      cookie?: never;
    };
    requestBody: { content: { "application/json": { [name: string]: unknown } } };
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["FlowResponse"] } };
      400: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Validate a flow definition */
  validate_flow_definition: {
    parameters: {
      query?: {
        /** Adds dynamic_data to each task of the definition: choices for its parameters */
        include_dynamic_data?: boolean;
        /** Adds output_schema to each task of the definition */
        include_output_schemas?: boolean;
        /** Adds default_reference_modes to each task of the definition */
        include_default_reference_modes?: boolean;
      };
      header?: never;
      path: {
        flow_id: string;
      };
      cookie?: never;
    };
    requestBody: { content: { "application/json": components['schemas']["FlowDefinitionUpdate"]; "application/yaml": string; "application/x-yaml": string; "text/yaml": string; "text/x-yaml": string } };
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["FlowValidationResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      413: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      415: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Versions of a flow, newest first */
  list_flow_versions: {
    parameters: {
      query?: {
        /** Adds task_names: the tasks in the order of execution */
        include_ordered_task_names?: boolean;
        /** Adds validation_errors; an empty list means valid */
        include_validation_errors?: boolean;
        /** Adds dynamic_data to each task of the definition: choices for its parameters */
        include_dynamic_data?: boolean;
        /** Adds output_schema to each task of the definition */
        include_output_schemas?: boolean;
        /** Adds input_schema to each input task of the definition */
        include_input_schema?: boolean;
        /** Adds default_reference_modes to each task of the definition */
        include_default_reference_modes?: boolean;
        /** Most versions to return; without it all are */
        limit?: number;
        /** The last version of the page before */
        starting_after?: number;
      };
      header?: never;
      path: {
        flow_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": (components['schemas']["FlowResponse"])[] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      429: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** List version summaries of a flow */
  get_flow_version_summaries: {
    parameters: {
      query?: {
        /** Page number, from 1 */
        page?: number;
        /** Items a page */
        page_size?: number;
        /** Part of the version's name, in any case, or its exact number */
        search?: string | null;
        favourites_only?: boolean;
      };
      header?: never;
      path: {
        flow_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["PaginatedFlowVersionSummaryResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Retrieve a version of a flow */
  get_flow_version: {
    parameters: {
      query?: {
        /** Adds task_names: the tasks in the order of execution */
        include_ordered_task_names?: boolean;
        /** Adds validation_errors; an empty list means valid */
        include_validation_errors?: boolean;
        /** Adds dynamic_data to each task of the definition: choices for its parameters */
        include_dynamic_data?: boolean;
        /** Adds output_schema to each task of the definition */
        include_output_schemas?: boolean;
        /** Adds input_schema to each input task of the definition */
        include_input_schema?: boolean;
        /** Adds default_reference_modes to each task of the definition */
        include_default_reference_modes?: boolean;
      };
      header?: never;
      path: {
        flow_id: string;
        version: number;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["FlowResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Update the name or mark of a version */
  update_flow_version_metadata: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        flow_id: string;
        version: number;
      };
      cookie?: never;
    };
    requestBody: { content: { "application/json": components['schemas']["UpdateFlowVersionMetadata"] } };
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["FlowVersionSummary"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Restore a version of a flow */
  restore_flow_version: {
    parameters: {
      query?: {
        /** Adds task_names: the tasks in the order of execution */
        include_ordered_task_names?: boolean;
        /** Adds validation_errors; an empty list means valid */
        include_validation_errors?: boolean;
        /** Adds dynamic_data to each task of the definition: choices for its parameters */
        include_dynamic_data?: boolean;
        /** Adds output_schema to each task of the definition */
        include_output_schemas?: boolean;
        /** Adds input_schema to each input task of the definition */
        include_input_schema?: boolean;
        /** Adds default_reference_modes to each task of the definition */
        include_default_reference_modes?: boolean;
      };
      header?: never;
      path: {
        flow_id: string;
        version: number;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["FlowResponse"] } };
      400: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** List task summaries of a flow version */
  list_flow_summaries: {
    parameters: {
      query?: {
        /** Most summaries to return; without it all are */
        limit?: number;
        /** The id of the last summary of the page before */
        starting_after?: string;
      };
      header?: never;
      path: {
        flow_id: string;
        version: number;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": (components['schemas']["TaskSummaryResponse"])[] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      429: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Get tags of the runs of a flow */
  get_flow_tags: {
    parameters: {
      query?: {
        /** Only of this task; case-sensitive */
        task_name?: string | null;
      };
      header?: never;
      path: {
        flow_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": (string)[] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Get metadata keys of the runs of a flow */
  get_flow_metadata_keys: {
    parameters: {
      query?: {
        /** Part of the key, in any case */
        key_like?: string | null;
        /** Most items to return */
        limit?: number;
        /** By latest use */
        order_by?: "created_at";
        order_direction?: "asc" | "desc";
      };
      header?: never;
      path: {
        flow_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": (components['schemas']["MetadataKeyResponse"])[] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Get metadata values of the runs of a flow */
  get_flow_metadata_values: {
    parameters: {
      query: {
        /** In any case */
        key: string;
        /** Part of the value, in any case */
        value_like?: string | null;
        /** Most items to return */
        limit?: number;
        /** By latest use */
        order_by?: "created_at";
        order_direction?: "asc" | "desc";
      };
      header?: never;
      path: {
        flow_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": (components['schemas']["MetadataValueResponse"])[] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Generate a file upload URL */
  generate_upload_url: {
    parameters: {
      query?: {
        /** What the file is; absent: found out when it arrives */
        content_type?: string | null;
        /** Name for people; a path before it is dropped */
        filename?: string;
      };
      header?: never;
      path: {
        flow_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": {
        /** PUT the raw bytes here; needs no credentials */
        upload_url: string;
        /** What POST /flow-executions takes as input.file_key */
        file_key: string;
        /** The same as a gs:// URI, for input.document_url */
        uri: string;
        method: "PUT";
        content_type: string;
        expires_at: string;
        expires_in_seconds: number;
      } } };
      400: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Files that were uploaded to a flow */
  list_flow_files: {
    parameters: {
      query?: {
        /** Most files to return; without it all are */
        limit?: number;
        /** The id of the last file of the page before */
        starting_after?: string;
      };
      header?: never;
      path: {
        flow_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": ({ [name: string]: unknown })[] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      429: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Hear of changes as they happen */
  watch_flow: {
    parameters: {
      query?: {
        /** Only what happens in this run */
        flow_execution_id?: string;
        /** true: with the summaries of tasks and outputs */
        summary?: string;
        /** The id of the last message heard: what changed since is told first, for 5 minutes back */
        last_event_id?: string;
        /** Of POST /api/ws/tickets, where no header can be set */
        ticket?: string;
        /** An access token or API key; better a ticket, since proxies may log addresses */
        token?: string;
      };
      header?: {
        /** As last_event_id; browsers send it by themselves */
        "last-event-id"?: string;
      };
      path: {
        flow_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "text/event-stream": components['schemas']["FlowEvent"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      429: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      503: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Make a ticket for a socket or a stream */
  create_ticket: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["TicketResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      429: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      503: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** List the models that tasks may call */
  get_models: {
    parameters: {
      query?: {
        /** Only models with an endpoint there */
        region?: "eu" | "global" | null;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ModelsResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
    };
  };
  /** Who am I */
  get_current_user: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["UserProfileResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Change my name or my settings */
  update_current_user: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: { content: { "application/json": components['schemas']["UserUpdateRequest"] } };
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["User"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** List what waits, runs, is paused and limited */
  list_queues: {
    parameters: {
      query?: {
        /** Of what */
        kind?: "organization" | "flow" | "executor" | "model";
        /** Only this one: a flow's id, an executor's or a model's name */
        name?: string;
        /** Most queues to return */
        limit?: number;
        /** The name of the last queue of the page before */
        starting_after?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": (components['schemas']["QueueResponse"])[] } };
      400: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Pause, resume or limit a queue */
  control_queue: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: { content: { "application/json": components['schemas']["QueueControlRequest"] } };
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["QueueResponse"] } };
      400: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** List the names of the secrets */
  list_secrets: {
    parameters: {
      query?: {
        /** Items to skip */
        offset?: number;
        /** Most items to return */
        limit?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": (components['schemas']["SecretResponse"])[] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Set a secret */
  put_secret: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** Letters, digits and _, no digit first; at most 100 */
        name: string;
      };
      cookie?: never;
    };
    requestBody: { content: { "application/json": components['schemas']["SecretPutRequest"] } };
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["SecretResponse"] } };
      201: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["SecretResponse"] } };
      400: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      409: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      413: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Delete a secret */
  delete_secret: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** Letters, digits and _, no digit first; at most 100 */
        name: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      204: { headers: { [name: string]: unknown }; content?: never };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Create a service account and its first key */
  create_service_account: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: { content: { "application/json": components['schemas']["ServiceAccountCreateRequest"] } };
    responses: {
      201: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ServiceAccountCreateResponse"] } };
      400: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** List service accounts */
  list_service_accounts: {
    parameters: {
      query?: {
        /** Items to skip */
        offset?: number;
        /** Most items to return */
        limit?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": (components['schemas']["ServiceAccountResponse"])[] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Get a service account */
  get_service_account: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** Id of the service account */
        service_account_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ServiceAccountResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Rename or describe a service account */
  update_service_account: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** Id of the service account */
        service_account_id: string;
      };
      cookie?: never;
    };
    requestBody: { content: { "application/json": components['schemas']["ServiceAccountUpdateRequest"] } };
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ServiceAccountResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Delete a service account and its keys */
  delete_service_account: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** Id of the service account */
        service_account_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      204: { headers: { [name: string]: unknown }; content?: never };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Activate a service account */
  activate_service_account: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** Id of the service account */
        service_account_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ServiceAccountResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Deactivate a service account */
  deactivate_service_account: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** Id of the service account */
        service_account_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ServiceAccountResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** List the keys of a service account */
  list_service_account_api_keys: {
    parameters: {
      query?: {
        /** Items to skip */
        offset?: number;
        /** Most items to return */
        limit?: number;
      };
      header?: never;
      path: {
        /** Id of the service account */
        service_account_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": (components['schemas']["ApiKeyResponse"])[] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Create a key */
  create_service_account_api_key: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** Id of the service account */
        service_account_id: string;
      };
      cookie?: never;
    };
    requestBody: { content: { "application/json": components['schemas']["ApiKeyCreateRequest"] } };
    responses: {
      201: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ApiKeyCreateResponse"] } };
      400: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      409: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Rename or describe a key */
  update_api_key: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** Id of the service account */
        service_account_id: string;
        /** Id of the key */
        api_key_id: string;
      };
      cookie?: never;
    };
    requestBody: { content: { "application/json": components['schemas']["ApiKeyUpdateRequest"] } };
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ApiKeyResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Delete a key */
  delete_api_key: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** Id of the service account */
        service_account_id: string;
        /** Id of the key */
        api_key_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      204: { headers: { [name: string]: unknown }; content?: never };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Is the process alive */
  get_live: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["Health"] } };
    };
  };
  /** Can requests be served */
  get_ready: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["Health"] } };
      503: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["Health"] } };
    };
  };
  /** Does work flow and succeed, what waits longest, who is silent */
  get_verdict: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HealthVerdict"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Metrics of this process and of the platform, for Prometheus */
  get_metrics: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": string } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** The OpenAPI document */
  get_openapi: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content?: never };
    };
  };
  /** Schemas and faults of a flow definition */
  get_task_data: {
    parameters: {
      query?: {
        /** Check parameters, references and order too */
        full_validation?: boolean;
        include_input_schema?: boolean;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: { content: { "application/json": components['schemas']["TaskDynamicDataRequest"] } };
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["TaskDynamicDataResponse"] } };
      400: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      413: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Task executions, filtered */
  list_task_executions: {
    parameters: {
      query?: {
        flow_execution_id?: string | null;
        /** Exact, case-sensitive */
        task_name?: string | null;
        /** The item of a fan-out */
        task_execution_idx?: number | null;
        /** Takes effect with flow_execution_id only */
        include_credits?: boolean;
        /** Most task executions to return; without it all are */
        limit?: number;
        /** The id of the last task execution of the page before */
        starting_after?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ListTaskExecutionsResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      429: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Report a task execution */
  create_task_execution: {
    parameters: {
      query?: never;
      header?: {
        /** Of your own making, one for each thing that you want done: sent again within 24 hours with the same body, it gives the first answer again (Idempotency-Replayed: true) and does nothing twice; with another body it is 409. */
        "Idempotency-Key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: { content: { "application/json": components['schemas']["CreateTaskExecutionRequest"] } };
    responses: {
      201: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["TaskExecutionAPI"] } };
      400: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      409: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      413: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Edit a result, or decide */
  update_task_execution: {
    parameters: {
      query?: {
        /** Run again what was made from the edited result */
        execute_flow?: boolean;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: { content: { "application/json": components['schemas']["UpdateTaskExecutionRequest"] } };
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["TaskExecutionAPI"] } };
      400: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      402: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      409: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      413: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** One task execution */
  get_task_execution: {
    parameters: {
      query?: {
        include_credits?: boolean;
      };
      header?: never;
      path: {
        task_execution_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["TaskExecutionAPI"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Earlier results of a task execution */
  list_task_execution_history: {
    parameters: {
      query?: {
        /** Most entries to return: each may be large */
        limit?: number;
        /** The id of the last entry of the page before */
        starting_after?: string;
      };
      header?: never;
      path: {
        task_execution_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["TaskExecutionHistoryResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** The log of a task execution */
  list_task_logs: {
    parameters: {
      query?: {
        /** The least level: warn gives warn and error */
        level?: "debug" | "info" | "warn" | "error";
        /** Of one attempt */
        attempt?: number;
        /** Most lines to return */
        limit?: number;
        /** The id of the last line of the page before */
        starting_after?: string;
        /** asc: oldest first */
        order?: "asc" | "desc";
      };
      header?: never;
      path: {
        task_execution_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": (components['schemas']["TaskLogLine"])[] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      429: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Every executor that a task can use */
  get_task_executors: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": (components['schemas']["TaskExecutorResponse"])[] } };
      304: { headers: { [name: string]: unknown }; content?: never };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Record an output of a task */
  create_task_output: {
    parameters: {
      query?: never;
      header?: {
        /** Of your own making, one for each thing that you want done: sent again within 24 hours with the same body, it gives the first answer again (Idempotency-Replayed: true) and does nothing twice; with another body it is 409. */
        "Idempotency-Key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: { content: { "application/json": components['schemas']["TaskOutput"] } };
    responses: {
      201: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["TaskOutputAPI"] } };
      400: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      409: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      413: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Task outputs, newest first */
  list_task_outputs: {
    parameters: {
      query?: {
        flow_execution_id?: string;
        /** Exact, case-sensitive */
        task_name?: string;
        /** Any of these words, of processing_status or of the founding status, or edited, stale, skipped */
        status?: (string)[];
        /** Inclusive */
        created_after?: string;
        /** Inclusive */
        created_before?: string;
        /** Most outputs to return; without it all are */
        limit?: number;
        /** The id of the last output of the page before */
        starting_after?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": (components['schemas']["TaskOutputAPI"])[] } };
      400: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      429: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** One task output */
  get_task_output: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        task_output_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["TaskOutputAPI"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Active tags of a run */
  list_task_tags: {
    parameters: {
      query: {
        flow_execution_id: string;
        /** Exact, case-sensitive */
        task_name?: string | null;
        /** Most tags to return; without it all are */
        limit?: number;
        /** The id of the last tag of the page before */
        starting_after?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": (components['schemas']["FlowTaskTagAPI"])[] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      429: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Add and remove tags of tasks */
  patch_task_tags: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: { content: { "application/json": components['schemas']["PatchFlowTaskTagsRequest"] } };
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["PatchFlowTaskTagsResponse"] } };
      400: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** List tries to deliver webhooks */
  list_webhook_deliveries: {
    parameters: {
      query?: {
        flow_execution_id?: string;
        status?: "delivered" | "failed";
        /** Most tries to return */
        limit?: number;
        /** The id of the last try of the page before */
        starting_after?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": (components['schemas']["WebhookDelivery"])[] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** One try to deliver a webhook */
  get_webhook_delivery: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** Id of the try */
        delivery_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["WebhookDeliveryWithPayload"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
  /** Send a webhook again */
  redeliver_webhook: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** Id of the try */
        delivery_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["WebhookDelivery"] } };
      401: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      403: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      404: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      409: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      422: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["HTTPValidationError"] } };
      500: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
      503: { headers: { [name: string]: unknown }; content: { "application/json": components['schemas']["ErrorResponse"] } };
    };
  };
}
