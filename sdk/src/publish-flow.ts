import type { components } from './api.ts';
import { ApiError } from './api-error.ts';
import { dataOf, type FlowClient } from './create-flow-client.ts';

type Flow = components['schemas']['FlowResponse'];

export interface PublishedFlow {
  id: string;
  displayName: string;
  version: number;
  /** In the order in which they run. */
  tasks: { name: string; title: string }[];
}

const EXPAND = 'include_ordered_task_names=true';
const YAML = { 'Content-Type': 'application/yaml' };

/**
 * Makes the flow from a definition's text (YAML or JSON), or a new version of the one that bears its name where the text differs. Answers the
 * tasks in their order. Throws ApiError: the definition's faults come as details.
 */
export async function publishFlow(client: FlowClient, name: string, text: string): Promise<PublishedFlow> {
  const existing = await findFlow(client, name);
  if (!existing) {
    try {
      return toPublished(await sendYaml(client, 'POST', `/api/flows?${EXPAND}`, text));
    } catch (error) {
      const madeMeanwhile = error instanceof ApiError && error.code === 'conflict' && (await findFlow(client, name)) !== undefined;
      if (!madeMeanwhile) throw error;
      return publishFlow(client, name, text);
    }
  }
  const stored = await readSource(client, existing);
  if (stored === text) return toPublished(existing);
  if (existing.status === 'published') {
    await client.api.PATCH('/api/flows/{flow_id}', { params: { path: { flow_id: existing.id } }, body: { status: 'draft' } });
  }
  return toPublished(await sendYaml(client, 'PUT', `/api/flows/${existing.id}/definition?${EXPAND}`, text));
}

const sendYaml = async (client: FlowClient, method: string, path: string, text: string): Promise<Flow> =>
  (await (await client.send(method, path, { headers: YAML, body: text })).json()) as Flow;

async function findFlow(client: FlowClient, name: string): Promise<Flow | undefined> {
  const query = { search: name.slice(0, 200), page_size: 100, include_ordered_task_names: true };
  const { flows } = await dataOf(client.api.GET('/api/flows', { params: { query } }));
  return flows.find((flow) => flow.display_name === name);
}

/** The text of a version that came as YAML; undefined where it came otherwise. */
async function readSource(client: FlowClient, flow: Flow): Promise<string | undefined> {
  try {
    const response = await client.send('GET', `/api/flows/${flow.id}/versions/${flow.version}`, {
      headers: { Accept: 'application/yaml' },
    });
    return await response.text();
  } catch (error) {
    if (error instanceof ApiError && (error.status === 404 || error.status === 406)) return undefined;
    throw error;
  }
}

function toPublished(flow: Flow): PublishedFlow {
  const titles = new Map(
    listTasks(flow.definition as Definition).map((task) => [String(task.name), String(task.task_title ?? task.title ?? task.name)]),
  );
  const names = flow.task_names ?? [...titles.keys()];
  return {
    id: flow.id,
    displayName: flow.display_name,
    version: flow.version,
    tasks: names.map((name) => ({ name, title: titles.get(name) ?? name })),
  };
}

interface Task {
  name?: unknown;
  title?: unknown;
  task_title?: unknown;
}
interface Definition {
  tasks?: Task[];
  flow_configs?: { config?: { tasks?: Task[] } }[];
}

/** Tasks of the wire form or of the flat form. */
const listTasks = ({ flow_configs, tasks }: Definition): Task[] =>
  flow_configs?.flatMap((entry) => entry.config?.tasks ?? []) ?? tasks ?? [];
