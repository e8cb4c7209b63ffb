// Where the parts are built and joined, and closed again in reverse: the database, the engine, workers, the API. It decides nothing of its
// own: no rule of the platform stands here.
export { createPlatform, type Platform, type PlatformOptions } from './create-platform.ts';
export { type OpenDatabase, openDatabase } from './open-database.ts';
