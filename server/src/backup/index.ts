// Backups of the embedded database and of the files of its data folder, made while the platform runs: base copies, the log (WAL) that follows them,
// restored to any instant between. It promises that what it calls restorable is whole, and that a gap is told and never skipped. It never holds the
// encryption key, and never touches a database of DATABASE_URL: that one's server has backups of its own.
export { type Archive, openArchive } from './archive.ts';
export { type KeptBackup, keepBackup } from './keep-backup.ts';
export { listArchive } from './list-archive.ts';
export { makeBackup } from './make-backup.ts';
export { parseInstant } from './parse-instant.ts';
export { refuseExternalDatabase } from './refuse-external-database.ts';
export { type RestoreReport, restoreBackup } from './restore-backup.ts';
export { type VerifyReport, verifyBackup } from './verify-backup.ts';
