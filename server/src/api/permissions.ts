import type { Principal, Role } from '#access';

/** Who may call an operation. What of its organization a caller then sees is the business of the operation. */
export interface Permission {
  roles: readonly Role[];
  /** Changes nothing although it is a POST: open to an inactive organization. */
  readsOnly?: boolean;
  /** Of `roles`, those for programs alone: a user of such a role is refused. */
  programsOnly?: readonly Role[];
  /** For people: a service account is refused. */
  usersOnly?: boolean;
}

const ALL = ['org_admin', 'backoffice', 'app_user', 'worker', 'publisher', 'integration'] as const;
const BUILDERS = ['org_admin', 'backoffice', 'app_user', 'integration'] as const;
const STARTERS = [...BUILDERS, 'publisher'] as const;
const ADMINS = ['org_admin', 'backoffice'] as const;

const all = { roles: ALL };
const builders = { roles: BUILDERS };
const starters = { roles: STARTERS };
const admins = { roles: ADMINS };
const anyone = 'public';

/**
 * The one table of rights: operation x role (core.md 1.2, people-and-integrations.md 0). What is not here is refused, and a route that
 * names no row does not start. `public` needs no credentials. Worker and publisher see only flows that they are invited to.
 */
export const PERMISSIONS = {
  // flows
  list_flows: all,
  create_flow: builders,
  get_flow_available_tags: all,
  get_flow: all,
  delete_flow: builders,
  patch_flow: builders,
  put_flow: builders,
  get_flow_clone_info: all,
  list_flow_versions: all,
  update_flow_definition: builders,
  validate_flow_definition: { roles: BUILDERS, readsOnly: true },
  get_flow_version_summaries: all,
  update_flow_version_metadata: builders,
  get_flow_version: all,
  restore_flow_version: builders,
  update_flow_task: builders,
  generate_upload_url: starters,
  list_flow_files: all,
  list_flow_summaries: all,
  get_flow_tags: all,
  get_flow_metadata_keys: all,
  get_flow_metadata_values: all,
  generate_download_url: { roles: ALL, readsOnly: true },
  // flow-executions
  create_flow_execution: starters,
  list_flow_executions: all,
  get_flow_execution: all,
  delete_flow_execution: builders,
  cancel_flow_execution: starters,
  execute_flow: starters,
  change_flow_executions: builders,
  patch_flow_execution_status: { roles: ['org_admin', 'backoffice', 'integration'] },
  add_flow_task_statuses: { roles: ['org_admin', 'backoffice', 'integration'], programsOnly: ['org_admin'] },
  watch_flow: all,
  create_ticket: { roles: ALL, readsOnly: true },
  open_flow_socket: anyone, // the handshake of watch_flow: a page cannot set headers, so the socket proves itself afterwards
  // task-executions, task-outputs
  list_task_executions: all,
  get_task_execution: all,
  list_task_execution_history: all,
  create_task_execution: builders,
  update_task_execution: all, // with execute_flow only who may execute
  list_task_logs: all,
  create_task_output: builders,
  list_task_outputs: all,
  get_task_output: all,
  // task-tags
  list_task_tags: all,
  patch_task_tags: all,
  // external-tasks
  claim_external_tasks: builders,
  extend_external_task: builders,
  complete_external_task: builders,
  fail_external_task: builders,
  // task-executors, task-data, models
  get_task_executors: all,
  get_task_data: { roles: BUILDERS, readsOnly: true },
  get_models: all,
  // files; the signed routes carry their right in the URL
  resolve_uri: { roles: ALL, readsOnly: true },
  download_file: all,
  get_signed_file: anyone,
  put_signed_file: anyone,
  // service-accounts
  create_service_account: admins,
  list_service_accounts: builders,
  get_service_account: builders,
  update_service_account: admins,
  delete_service_account: admins,
  activate_service_account: admins,
  deactivate_service_account: admins,
  list_service_account_api_keys: builders,
  create_service_account_api_key: admins,
  update_api_key: admins,
  delete_api_key: admins,
  // secrets: whoever builds flows sees their names
  list_secrets: builders,
  put_secret: admins,
  delete_secret: admins,
  // webhook-deliveries: what was sent may hold anything of a run
  list_webhook_deliveries: builders,
  get_webhook_delivery: builders,
  redeliver_webhook: builders,
  // queues: pauses and limits of one's own organization; what is the platform's is its operator's (flow admin)
  list_queues: admins,
  control_queue: admins,
  // auth and profile
  get_anon_key: anyone,
  create_token: anyone,
  sign_out: anyone,
  get_signed_in_user: anyone,
  set_up: anyone,
  get_current_user: all,
  update_current_user: { roles: ALL, usersOnly: true },
  // the platform itself
  get_openapi: anyone,
  get_llms_index: anyone,
  get_documentation_page: anyone,
  get_setup_page: anyone,
  get_live: anyone,
  get_ready: anyone,
  get_verdict: admins, // of its own organization, and of the platform what concerns it
  get_metrics: admins, // load of the whole process: a scraper uses the key of an administering service account
} as const satisfies Record<string, Permission | 'public'>;

export type Operation = keyof typeof PERMISSIONS;

/** Whether this caller may call this operation at all. */
export function isPermitted(principal: Pick<Principal, 'role'> & Partial<Pick<Principal, 'kind'>>, operation: Operation): boolean {
  const permission: Permission | 'public' = PERMISSIONS[operation];
  if (permission === 'public') return true;
  if (principal.kind === 'service_account' && permission.usersOnly) return false;
  if (principal.kind === 'user' && permission.programsOnly?.includes(principal.role)) return false;
  return permission.roles.includes(principal.role);
}

/** Whether an organization that is inactive may still call it. */
export function isReading(operation: Operation, method: string): boolean {
  const permission: Permission | 'public' = PERMISSIONS[operation];
  return method === 'GET' || method === 'HEAD' || permission === 'public' || permission.readsOnly === true;
}
