// Joins the embedded server of the folder given, prints its URL, and stays until it is told to end.
import { createLog } from '#base';
import { startEmbeddedPostgres } from '#db';

const server = await startEmbeddedPostgres({ dataDir: process.argv[2] ?? '', log: createLog({ level: 'silent' }) });
process.stdout.write(`${server.ownerUrl}\n`);
const stay = setInterval(() => {}, 60_000);
process.once('SIGTERM', async () => {
  clearInterval(stay);
  await server.close();
});
