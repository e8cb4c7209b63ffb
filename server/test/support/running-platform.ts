import { createFlow, uploadText } from './run-flow.ts';
import type { TestClient } from './test-client.ts';
import { startTestPlatform, type TestPlatform, type TestPlatformOptions } from './test-platform.ts';

/** A platform on which a user of organization A may start runs at once: with a file that is there. */
export interface RunningPlatform {
  platform: TestPlatform;
  user: TestClient;
  /** Of an uploaded text: the input of any flow that begins with `receive`. */
  fileKey: string;
}

/** The task that the flows of most tests begin with. */
export const receive = { name: 'receive', task_executor_name: 'receive_file', parameters: {} };

/** Close its platform in afterAll. */
export async function startRunningPlatform(options: TestPlatformOptions = {}): Promise<RunningPlatform> {
  const platform = await startTestPlatform(options);
  const user = await platform.as('app_user');
  const { file_key } = await uploadText(user, await createFlow(user, [receive]));
  return { platform, user, fileKey: file_key };
}
