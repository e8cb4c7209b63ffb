import { stat } from 'node:fs/promises';
import { listArchive } from '#backup';
import { type Config, createLog, createSafeFetch, newId } from '#base';
import { createFileStore } from '#files';
import { type Finding, findingOf } from './finding.ts';

const ASK_MS = 5_000;
const STALE_MS = 3_600_000; // an archive that hears nothing for an hour, while something runs

const messageOf = (error: unknown) =>
  error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : String(error);

/** Writes, reads and deletes an object, as a task would. */
export async function checkFiles({ files }: Pick<Config, 'files'>): Promise<Finding> {
  const what = 'File store';
  const place = files.split('?')[0];
  try {
    const store = await createFileStore(files, { log: createLog({ level: 'silent' }) });
    const key = `doctor/${newId()}`;
    try {
      await store.put(key, Buffer.from('doctor'), { contentType: 'text/plain' });
      await store.read(key);
      await store.delete(key);
    } finally {
      await store.close();
    }
    return { what, ok: true, says: `${place} can be written and read` };
  } catch (error) {
    return {
      what,
      ok: false,
      says: `${place} cannot be used (${messageOf(error)}): check FLOW_FILES, the rights on it, and its credentials`,
    };
  }
}

/** Asks the endpoint which models it has; nothing where none is set. */
export async function checkModels(config: Pick<Config, 'modelBaseUrl' | 'modelApiKey' | 'allowPrivateNetworks'>): Promise<Finding[]> {
  const { modelBaseUrl, modelApiKey } = config;
  if (modelBaseUrl === undefined) return [];
  const what = 'Model endpoint';
  const way = createSafeFetch({ allowOrigins: [new URL(modelBaseUrl).origin], timeoutMs: ASK_MS });
  try {
    const headers: Record<string, string> = modelApiKey === undefined ? {} : { Authorization: `Bearer ${modelApiKey}` };
    const { status } = await way.fetch(`${modelBaseUrl}/models`, { headers });
    if (status === 401 || status === 403)
      return [{ what, ok: false, says: `${modelBaseUrl} refuses the key (${status}): check FLOW_MODEL_API_KEY` }];
    if (status >= 500) return [{ what, ok: false, says: `${modelBaseUrl} answers ${status}: look at its own log` }];
    return [{ what, ok: true, says: `${modelBaseUrl} answers` }];
  } catch (error) {
    return [
      { what, ok: false, says: `${modelBaseUrl} cannot be reached (${messageOf(error)}): check FLOW_MODEL_BASE_URL and that it runs` },
    ];
  } finally {
    await way.close();
  }
}

/** Whether the archive of FLOW_BACKUP is fed, and lies where it survives the data folder; nothing where none is set. */
export async function checkBackup(config: Pick<Config, 'backup' | 'dataDir' | 'databaseUrl'>): Promise<Finding[]> {
  const { backup, dataDir } = config;
  if (backup === undefined) return [];
  const { bases, through } = await listArchive(backup);
  const faults: string[] = [];
  if (config.databaseUrl !== undefined)
    faults.push('FLOW_BACKUP is for the embedded database: unset it, and back up the server of DATABASE_URL by its own means');
  else if (bases === 0) faults.push(`${backup} holds no whole backup: start the platform with FLOW_BACKUP, or run \`flow backup\``);
  else if (Date.now() - Date.parse(through ?? '') > STALE_MS)
    faults.push(`${backup} is complete until ${through} only: look for "backup" in the platform's log`);
  const [one, other] = await Promise.all([stat(backup).catch(() => undefined), stat(dataDir).catch(() => undefined)]);
  if (one !== undefined && one.dev === other?.dev)
    faults.push(`${backup} lies on the disk that it is to survive: name a folder of another disk or machine`);
  return [findingOf('Backup', faults, `${backup}, complete until ${through}`)];
}
