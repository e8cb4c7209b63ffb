import { badRequest, type Config } from '#base';

/** Throws `bad_request`, with what to use instead, where the database is not the one that comes with the install. */
export function refuseExternalDatabase(config: Pick<Config, 'databaseUrl'>): void {
  if (config.databaseUrl === undefined) return;
  throw badRequest(
    'flow backup and flow restore are for the embedded database. A server behind DATABASE_URL has backups of its own: the point-in-time recovery of a ' +
      'managed one, pg_basebackup with an archive of the log (pgBackRest, WAL-G, Barman) on one of yours; docs/operating/backup.md says what else to keep',
  );
}
