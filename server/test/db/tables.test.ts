import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { describeTables } from '../../../tools/describe-tables.ts';
import { createTestDatabase } from '../support/database.ts';

test('tables.ts is what the migrations make (npm run db:types)', async () => {
  const database = await createTestDatabase();
  const text = await describeTables(database.ownerUrl);
  await database.drop();
  expect(await readFile(new URL('../../src/db/tables.ts', import.meta.url), 'utf8')).toBe(text);
});
