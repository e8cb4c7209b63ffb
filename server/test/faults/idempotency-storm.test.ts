// One key, a hundred times at once, by two processes, their connections cut meanwhile: one execution, and a hundred equal answers.
import { expect, test } from 'vitest';
import { createLog, newId } from '#base';
import { createPlatform } from '#platform';
import { createFlow } from '../support/run-flow.ts';
import { receive } from '../support/running-platform.ts';
import { createClient } from '../support/test-client.ts';
import { startCutPlatform } from './cut-platform.ts';
import { insist } from './mixed-work.ts';

const CALLS = 100;
const CUTS = 8;

test('F3, F12: one key a hundred times at once, over two processes whose connections are cut, is one run and a hundred equal answers', {
  timeout: 180_000,
}, async () => {
  const cut = await startCutPlatform();
  const log = createLog({ level: 'fatal' });
  const other = await createPlatform({ config: cut.platform.config, log, loops: 0, listen: { host: '127.0.0.1', port: 0 } });
  try {
    const elsewhere = createClient(other.url ?? '', cut.user.headers, cut.user);
    const flowId = await createFlow(cut.user, [receive]);
    const key = { 'Idempotency-Key': newId() };
    const body = { flow_id: flowId, input: { file_key: cut.fileKey, mark: key['Idempotency-Key'] } };
    let cuts = 0;
    const cutting = (async () => {
      while (cuts < CUTS) {
        await cut.connection.cutAtCommit({ when: cuts % 2 ? 'before' : 'after', nth: 2 });
        cuts++;
      }
    })();
    const answers = await Promise.all(
      Array.from({ length: CALLS }, (_, i) => insist(() => (i % 2 ? elsewhere : cut.user).post('/api/flow-executions', body, key))),
    );
    expect(cuts).toBeGreaterThan(0);
    cut.connection.forgetCut();
    expect(answers.filter(({ status }) => status !== 201)).toEqual([]);
    expect(new Set(answers.map((answer) => JSON.stringify(answer.body))).size).toBe(1);
    const made = await cut.direct.query('made', `select count(*)::int as n from flow_executions where input ->> 'mark' = $1`, [
      body.input.mark,
    ]);
    expect(made).toEqual([{ n: 1 }]);
    void cutting;
  } finally {
    await other.close();
    await cut.close();
  }
});
