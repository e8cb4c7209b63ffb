import { readdir } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Campaign } from '../campaigns/campaign.ts';

const FOLDER = fileURLToPath(new URL('../campaigns/', import.meta.url));

/** Every campaign of the folder, by name; with `only`, those of these names. Throws where a name is not one. */
export async function findCampaigns(only: readonly string[] = []): Promise<Campaign[]> {
  const files = (await readdir(FOLDER)).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts')).sort();
  const modules = await Promise.all(
    files.map((name) => import(/* @vite-ignore */ pathToFileURL(`${FOLDER}${name}`).href) as Promise<{ campaign?: Campaign }>),
  );
  const campaigns = modules.map(({ campaign }) => campaign).filter((campaign) => campaign !== undefined);
  const unknown = only.filter((name) => !campaigns.some((campaign) => campaign.name === name));
  if (unknown.length > 0)
    throw new Error(`no campaign is named ${unknown.join(', ')}; there are ${campaigns.map(({ name }) => name).join(', ')}`);
  return only.length === 0 ? campaigns : campaigns.filter(({ name }) => only.includes(name));
}
