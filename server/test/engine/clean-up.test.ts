import { afterAll, beforeAll, expect, test } from 'vitest';
import { firstIdOf, type Id, newId } from '#base';
import { cleanUp } from '../../src/engine/clean-up.ts';
import { statementRunner } from '../../src/engine/run-statement.ts';
import { chainOf } from '../../src/engine/testing/plan-builder.ts';
import { type EngineFixture, openEngine } from './engine-fixture.ts';

let fixture: EngineFixture;
beforeAll(async () => {
  fixture = await openEngine();
});
afterAll(() => fixture.close());

const DAYS = 30;
const daysAgo = (days: number): Date => new Date(Date.now() - days * 86_400_000);
const parts = () => ({ run: statementRunner(fixture.db.query).run });
const count = async (table: string): Promise<number> =>
  (await fixture.admin.query<{ n: number }>(`select count(*)::int as n from ${table}`)).rows[0]?.n ?? -1;

/** An id as one that was made on that day. */
const idOfDay = (days: number): Id => firstIdOf(daysAgo(days)).slice(0, 13) + newId().slice(13);

async function logged(organizationId: Id, execution: Id, days: number, lines: number): Promise<void> {
  for (let i = 0; i < lines; i++) {
    await fixture.admin.query(
      `insert into task_logs (organization_id, id, flow_execution_id, task_execution_id, generation, attempt, level, message)
       values ($1, $2, $3, $4, 0, 1, 'info', $5)`,
      [organizationId, idOfDay(days), execution, newId(), `${days} days old`],
    );
  }
}

async function plant(expiresAt: Date): Promise<void> {
  const organization = await fixture.organization();
  await fixture.admin.query(
    `insert into idempotency_keys (organization_id, principal_id, route, key, body_hash, held_until, expires_at) values ($1, 'p', 'r', $2, '', $3, $3)`,
    [organization, newId(), expiresAt],
  );
  await fixture.admin.query(`insert into access_tickets (organization_id, ticket_hash, principal, expires_at) values ($1, $2, '{}', $3)`, [
    organization,
    Buffer.from(newId()),
    expiresAt,
  ]);
  await fixture.admin.query(
    `insert into task_cache (organization_id, key, output_key, task_execution_id, expires_at) values ($1, $2, 'cache/x.json', $3, $4)`,
    [organization, Buffer.from(newId()), newId(), expiresAt],
  );
}

test('logs go by their age, in every organization, a batch at a time; what is younger stays', async () => {
  for (const [old, young] of [
    [5, 2],
    [1, 1],
  ] as const) {
    const organization = await fixture.organization();
    const execution = await fixture.start(await fixture.flow(organization, chainOf(1)));
    await logged(organization, execution, DAYS + 1, old);
    await logged(organization, execution, DAYS - 1, young);
  }
  expect(await cleanUp(parts(), { taskLogDays: DAYS }, 4)).toBe(true);
  expect(await count('task_logs')).toBe(5);
  expect(await cleanUp(parts(), { taskLogDays: DAYS }, 4)).toBe(false);
  const { rows } = await fixture.admin.query<{ message: string }>('select message from task_logs');
  expect(rows.map(({ message }) => message)).toEqual(Array(3).fill('29 days old'));
});

test('kept answers, tickets and cached outputs go when they have expired, also where several processes clean up at once', async () => {
  for (let i = 0; i < 5; i++) await plant(daysAgo(0.01));
  for (let i = 0; i < 3; i++) await plant(daysAgo(-1));
  const deleted: string[] = [];
  const options = { deleteObjects: async (keys: readonly string[]) => deleted.push(...keys) > 0 };
  await Promise.all([cleanUp(parts(), options), cleanUp(parts(), options), cleanUp(parts(), options)]);
  expect(deleted).toEqual(Array(5).fill('cache/x.json'));
  expect([await count('idempotency_keys'), await count('access_tickets'), await count('task_cache')]).toEqual([3, 3, 3]);
});
