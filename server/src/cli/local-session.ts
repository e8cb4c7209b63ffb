import { join } from 'node:path';
import { createFlowClient, type FlowClient } from '@flow-platform/sdk';
import { type Config, createLog } from '#base';
import { createPlatform } from '#platform';
import { keepAccount } from './keep-account.ts';

export interface LocalSession {
  client: FlowClient;
  close(): Promise<void>;
}

/** For a platform that only this process talks to: uploads must come to it, not to the server behind FLOW_PUBLIC_URL. */
export const atOwnAddress = ({ publicUrl: _, ...config }: Config): Config => config;

/**
 * A server to talk to: the one that is named, or a platform of our own on a free port, with an organization for the command line. Whoever owns the
 * data folder owns that organization: `administers` asks for a key that may change what belongs to all of it, and runs nothing.
 */
export async function openSession(config: Config, signal: AbortSignal, options: { administers?: boolean } = {}): Promise<LocalSession> {
  if (config.server) {
    if (!config.apiKey) throw new Error('A server is named but no API key: give --key or FLOW_API_KEY. `flow admin create-key` makes one.');
    return { client: createFlowClient({ baseUrl: config.server, apiKey: config.apiKey, signal }), close: async () => {} };
  }
  const platform = await createPlatform({
    config: atOwnAddress(config),
    log: createLog({ level: 'warn' }),
    listen: { host: '127.0.0.1', port: 0 },
    loops: options.administers ? 0 : Math.max(1, config.workers),
    signal,
  });
  try {
    const account = options.administers
      ? ({ file: join(config.dataDir, 'local-admin.json'), name: 'flow secret', role: 'org_admin' } as const)
      : { file: join(config.dataDir, 'local.json'), name: 'flow run' };
    const { apiKey } = await keepAccount(platform, { ...account, organizationName: 'Local' });
    return { client: createFlowClient({ baseUrl: platform.url ?? '', apiKey, signal }), close: platform.close };
  } catch (error) {
    await platform.close();
    throw error;
  }
}
