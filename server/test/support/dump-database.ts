import { Client } from 'pg';
import { roleUrl } from '#db';
import type { TestPlatform } from './test-platform.ts';

/** Every row of every table, as text: as the engine's role, since row-level security binds even the owner where it is no superuser. */
export async function dumpDatabase(platform: Pick<TestPlatform, 'ownerUrl' | 'config'>): Promise<string> {
  const client = new Client({ connectionString: roleUrl(platform.ownerUrl, 'flow_engine', platform.config.encryptionKey) });
  await client.connect();
  const { rows: tables } = await client.query(
    "select quote_ident(tablename) as name from pg_tables where schemaname = 'public' and has_table_privilege(quote_ident(tablename), 'select')",
  );
  const parts: string[] = [];
  for (const { name } of tables) {
    const { rows } = await client.query(`select t::text as row from ${name} t`);
    parts.push(...rows.map(({ row }) => row));
  }
  await client.end();
  return parts.join('\n');
}
