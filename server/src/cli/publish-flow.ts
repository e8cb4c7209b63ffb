import type { JsonObject } from '#base';
import { type ApiClient, ApiError } from './api-client.ts';

export interface PublishedFlow {
  id: string;
  displayName: string;
  version: number;
  tasks: { name: string; title: string }[];
}

interface WireFlow {
  id: string;
  display_name: string;
  version: number;
  status: string;
  task_names: string[] | null;
  definition: JsonObject;
}

const EXPAND = 'include_ordered_task_names=true';

/**
 * Makes the flow, or a new version of the one that bears its name where the text differs. Answers the tasks in their order.
 * Throws ApiError: the definition's faults come as details.
 */
export async function publishFlow(client: ApiClient, name: string, text: string): Promise<PublishedFlow> {
  const existing = await findFlow(client, name);
  if (!existing) {
    try {
      return toPublished(await client.yaml<WireFlow>('POST', `/api/flows?${EXPAND}`, text));
    } catch (error) {
      const madeMeanwhile = error instanceof ApiError && error.code === 'conflict' && (await findFlow(client, name)) !== undefined;
      if (!madeMeanwhile) throw error;
      return publishFlow(client, name, text);
    }
  }
  const stored = await readSource(client, existing);
  if (stored === text) return toPublished(existing);
  if (existing.status === 'published') await client.json('PATCH', `/api/flows/${existing.id}`, { status: 'draft' });
  return toPublished(await client.yaml<WireFlow>('PUT', `/api/flows/${existing.id}/definition?${EXPAND}`, text));
}

async function findFlow(client: ApiClient, name: string): Promise<WireFlow | undefined> {
  const query = new URLSearchParams({ search: name.slice(0, 200), page_size: '100', include_ordered_task_names: 'true' });
  const { flows } = await client.json<{ flows: WireFlow[] }>('GET', `/api/flows?${query}`);
  return flows.find((flow) => flow.display_name === name);
}

/** The text of a version that came as YAML; undefined where it came otherwise. */
async function readSource(client: ApiClient, flow: WireFlow): Promise<string | undefined> {
  try {
    return await client.text('GET', `/api/flows/${flow.id}/versions/${flow.version}`, 'application/yaml');
  } catch (error) {
    if (error instanceof ApiError && (error.status === 404 || error.status === 406)) return undefined;
    throw error;
  }
}

function toPublished(flow: WireFlow): PublishedFlow {
  const titles = new Map(
    listTasks(flow.definition).map((task) => [String(task['name']), String(task['task_title'] ?? task['title'] ?? task['name'])]),
  );
  const names = flow.task_names ?? [...titles.keys()];
  return {
    id: flow.id,
    displayName: flow.display_name,
    version: flow.version,
    tasks: names.map((name) => ({ name, title: titles.get(name) ?? name })),
  };
}

/** Tasks of the wire form or of the flat form. */
function listTasks(definition: JsonObject): JsonObject[] {
  const configs = definition['flow_configs'] as { config?: { tasks?: JsonObject[] } }[] | undefined;
  return (configs ? configs.flatMap((entry) => entry.config?.tasks ?? []) : (definition['tasks'] as JsonObject[] | undefined)) ?? [];
}
