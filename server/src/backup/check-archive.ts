import { conflict } from '#base';
import type { OwnerConnection } from '#db';
import { type Archive, listBases } from './archive.ts';

/** Throws `conflict` where the archive holds backups of another cluster: their logs have the same names. */
export async function checkArchive(owner: OwnerConnection, archive: Archive): Promise<void> {
  const [row] = await owner.query<{ system: string }>('select system_identifier::text as system from pg_control_system()');
  const { bases } = await listBases(archive);
  if (bases.every((base) => base.systemIdentifier === row?.system)) return;
  throw conflict(`${archive.folder} holds backups of another database; name a folder of its own for each`);
}
