import { readdirSync } from 'node:fs';
import type { Campaign } from './campaigns/campaign.ts';

const FOLDER = new URL('./campaigns/', import.meta.url);

/** The faults of all campaigns. */
export async function findCampaignFaults(): Promise<string[]> {
  const modules = await Promise.all(
    readdirSync(FOLDER)
      .filter((name) => name.endsWith('.ts'))
      .map((name) => import(new URL(name, FOLDER).href) as Promise<{ campaign?: Campaign }>),
  );
  return modules.flatMap(({ campaign }) => campaign?.faults ?? []);
}
