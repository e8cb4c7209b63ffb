import { badRequest, type Id, notFound, parseId } from '#base';
import { type ControlTarget, NO_ORGANIZATION } from '#engine';
import { catalogue } from '#executors';
import type { Platform } from '#platform';

export const targetArgs = {
  organization: { type: 'string', description: 'Id of an organization: all of it, or with --executor or --model its own' },
  flow: { type: 'string', description: 'Id of a flow' },
  executor: { type: 'string', description: 'Name of an executor; without --organization of the whole platform' },
  model: { type: 'string', description: 'Name of a model; without --organization of the whole platform' },
} as const;

export interface TargetArgs {
  organization?: string | undefined;
  flow?: string | undefined;
  executor?: string | undefined;
  model?: string | undefined;
  all?: boolean | undefined;
}

/** What the options mean. Throws bad_request where they mean nothing or several things, not_found for what is not there. */
export async function readTarget(platform: Platform, args: TargetArgs): Promise<ControlTarget> {
  const named = (['flow', 'executor', 'model'] as const).filter((kind) => args[kind] !== undefined);
  const [kind] = named;
  const isOne = args.all
    ? named.length === 0 && args.organization === undefined
    : named.length === 1 || (named.length === 0 && args.organization !== undefined);
  if (!isOne)
    throw badRequest('Say what is meant: --flow ID, --executor NAME, --model NAME, --organization ID, or --all for the whole platform');
  if (args.all) return { organizationId: NO_ORGANIZATION, kind: 'platform', name: '' };
  const organizationId = args.organization === undefined ? NO_ORGANIZATION : await findOrganization(platform, args.organization);
  if (kind === undefined) return { organizationId, kind: 'organization', name: '' };
  const name = args[kind] ?? '';
  if (kind === 'flow')
    return { organizationId: await organizationOfFlow(platform, name, args.organization), kind, name: name.toLowerCase() };
  if (kind === 'executor' && catalogue.get(name) === undefined)
    throw badRequest(`There is no executor '${name}'; GET /api/task-executors and the reference list them`);
  return { organizationId, kind, name };
}

async function findOrganization({ database }: Platform, text: string): Promise<Id> {
  const id = parseId(text);
  if (!id) throw badRequest(`--organization must be the id of an organization (a UUID), not '${text}'`);
  const [found] = await database.engineDb.query('cli-organization-by-id', 'select id from organizations where id = $1 and not is_system', [
    id,
  ]);
  if (!found) throw notFound('Organization', id);
  return id;
}

async function organizationOfFlow({ database }: Platform, text: string, organization: string | undefined): Promise<Id> {
  const id = parseId(text);
  if (!id) throw badRequest(`--flow must be the id of a flow (a UUID), not '${text}'`);
  const query = 'select organization_id from flows where id = $1 and deleted_at is null';
  const [found] = await database.engineDb.query<{ organization_id: Id }>('cli-flow-by-id', query, [id]);
  if (!found || (organization !== undefined && parseId(organization) !== found.organization_id)) throw notFound('Flow', id);
  return found.organization_id;
}

/** As people are told: "flow 0198...", "executor http_request of organization 0197...". */
export function describeTarget({ organizationId, kind, name }: ControlTarget): string {
  if (kind === 'platform') return 'the whole platform';
  if (kind === 'organization') return `organization ${organizationId}`;
  if (kind === 'flow') return `flow ${name}`;
  return `${kind} ${name} ${organizationId === NO_ORGANIZATION ? 'of the whole platform' : `of organization ${organizationId}`}`;
}
