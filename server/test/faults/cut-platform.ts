import { createEngineDatabase, type EngineDatabase, roleUrl } from '#db';
import { type BreakableConnection, openBreakableConnection } from '../support/breakable-connection.ts';
import { type RunningPlatform, startRunningPlatform } from '../support/running-platform.ts';
import type { TestPlatformOptions } from '../support/test-platform.ts';

/** A platform whose way to its database a test can break, and the test's own way beside it, which stays whole. */
export interface CutPlatform extends RunningPlatform {
  connection: BreakableConnection;
  direct: EngineDatabase;
  close(): Promise<void>;
}

export async function startCutPlatform(options: TestPlatformOptions = {}): Promise<CutPlatform> {
  let connection: BreakableConnection | undefined;
  const running = await startRunningPlatform({
    ...options,
    async connectBy(ownerUrl) {
      connection = await openBreakableConnection(ownerUrl);
      return connection.url;
    },
  });
  const { platform } = running;
  if (!connection) throw new Error('the platform was not connected');
  const way = connection;
  const direct = createEngineDatabase(roleUrl(platform.ownerUrl, 'flow_engine', platform.config.encryptionKey), { max: 2 });
  return {
    ...running,
    connection: way,
    direct,
    close: async () => {
      await way.mend();
      await platform.close();
      await direct.close();
      await way.break();
    },
  };
}
